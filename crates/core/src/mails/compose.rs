//! From an entry of the outbox to a mail: what is true now, and the secrets that only the mail itself holds.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    Appearance, CheckoutFormId, CodeStanding, DisabledBecause, Email, FirstPaymentFailed, Intent, Letter,
    LoginCode, LoginCodeId, MailId, MailState, Project, ProjectId, QueuedMail, Remedy, RenewalFailed,
    SubscriptionChange, SubscriptionState, WebhookEndpointId,
};
use perennial_store::tables::SubscriptionView;
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use super::receipt::{next_charge, receipt};
use super::{Reader, reader_of};
use crate::business::forms::{CartOutcome, form_url, outcome_of};
use crate::connect_sessions::{self, ConnectSessionError, NewSession, Visitor, entry_url};
use crate::context::{App, Cx};
use crate::logins::make_code;
use crate::ports::{Ending, Mail, MailContent};
use crate::secrets::VaultError;

/// Why it is not known what a mail says. Try again.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A code cannot be made.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of writing a mail.
pub(super) enum Composed {
    /// It was sent, or given up, before.
    Settled,
    /// There is nothing to send, for this reason.
    NotNeeded(&'static str),
    /// It is to be sent.
    Ready(Box<Mail>),
}

/// How long a link in a mail works: a week, because not everybody reads their mails every day.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

const NOBODY: Composed = Composed::NotNeeded("there is nobody to send it to");
const OVERTAKEN: Composed = Composed::NotNeeded("it is not true any more");

/// Writes a mail.
pub(super) fn compose(
    app: &App,
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: MailId,
) -> Result<Composed, ComposeError> {
    let queued = tx.mails(project).find(id)?.filter(|mail| mail.state == MailState::Waiting);
    let Some(queued) = queued else { return Ok(Composed::Settled) };
    let Some(merchant) = tx.projects().find(project)? else { return Ok(NOBODY) };
    let writer = Writer { app, cx, queued, merchant };
    match writer.queued.letter.clone() {
        Letter::LoginCode { login_code } => writer.login_code(tx, login_code),
        Letter::Receipt { payment } => {
            let content = receipt(cx, tx, project, payment)?.map(MailContent::Receipt);
            writer.addressed(tx, content)
        }
        Letter::RenewalFailed(failed) => {
            let content = writer.renewal_failed(tx, &failed)?;
            writer.addressed(tx, content)
        }
        Letter::FirstPaymentFailed(failed) => {
            let content = writer.first_payment_failed(tx, &failed)?;
            writer.addressed(tx, content)
        }
        Letter::CancellationConfirmed { subscription, canceled_at } => {
            let view = tx.subscriptions(project).view(subscription)?;
            let view = view.filter(|view| view.subscription.canceled_at == Some(canceled_at));
            let content = view.map(|view| cancellation(cx, tx, &view)).transpose()?;
            writer.addressed(tx, content)
        }
        Letter::CartUnfinished { form } => {
            let content = writer.cart_unfinished(tx, form)?;
            writer.addressed(tx, content)
        }
        Letter::WebhookDisabled { endpoint, disabled_at } => {
            Ok(writer.webhook_disabled(tx, endpoint, disabled_at)?)
        }
    }
}

/// Who writes, and what for.
struct Writer<'w> {
    app: &'w App,
    cx: &'w Cx,
    queued: QueuedMail,
    merchant: Project,
}

impl Writer<'_> {
    /// A mail to the customer of the entry, who may have moved, changed languages or gone since.
    fn addressed(self, tx: &mut Tx<'_>, content: Option<MailContent>) -> Result<Composed, ComposeError> {
        let Some(content) = content else { return Ok(OVERTAKEN) };
        let reader = match self.queued.customer_id {
            Some(customer) => reader_of(tx, self.merchant.id, customer)?,
            None => None,
        };
        let Some(Reader { email, full_name, locale }) = reader else { return Ok(NOBODY) };
        Ok(self.ready(email, full_name, locale, content))
    }

    fn ready(self, to: Email, recipient: Option<String>, locale: String, content: MailContent) -> Composed {
        let (id, merchant, written_at) = (self.queued.id, self.merchant, self.cx.now());
        Composed::Ready(Box::new(Mail { id, to, recipient, locale, merchant, written_at, content }))
    }

    /// The digits are made here, and only their keyed hash is kept. Written again after a failure, they are others: the
    /// mail that arrives is the one that counts.
    fn login_code(self, tx: &mut Tx<'_>, id: LoginCodeId) -> Result<Composed, ComposeError> {
        let Some(code) = tx.logins(self.merchant.id).find_code(id)? else { return Ok(NOBODY) };
        let newest = tx.logins(self.merchant.id).newest_code(code.login_id)?;
        let is_newest = newest.is_some_and(|newest| newest.id == id);
        if !is_newest || code.standing(self.cx.now()) != CodeStanding::Open {
            return Ok(OVERTAKEN);
        }
        let digits = make_code(self.app.vault(), self.cx, tx, &code)?;
        let valid_minutes = u32::try_from(LoginCode::LIFETIME.as_mins()).unwrap_or_default();
        let content = MailContent::LoginCode { code: digits, valid_minutes };
        Ok(self.ready(code.email, None, code.locale, content))
    }

    /// With a link to what is left, unless that was bought since.
    fn cart_unfinished(
        &self,
        tx: &mut Tx<'_>,
        id: CheckoutFormId,
    ) -> Result<Option<MailContent>, ComposeError> {
        let Some(form) = tx.checkout_forms(self.merchant.id).find(id)? else { return Ok(None) };
        let Some(CartOutcome { bought, missing }) = outcome_of(tx, &form)? else { return Ok(None) };
        let url = form_url(self.app, tx, &form, self.cx.now() + LINK_LIFETIME)?;
        Ok(url.map(|url| MailContent::CartUnfinished { bought, missing, url }))
    }

    /// To the operator, unless somebody has looked after it already.
    fn webhook_disabled(
        self,
        tx: &mut Tx<'_>,
        endpoint: WebhookEndpointId,
        disabled_at: Timestamp,
    ) -> Result<Composed, StoreError> {
        let Some(operator) = self.merchant.settings.mails.operator.clone() else { return Ok(NOBODY) };
        let endpoint = tx.webhook_endpoints(self.merchant.id).find(endpoint)?;
        let Some((endpoint, (_, because))) = endpoint.and_then(|endpoint| {
            let disabled = endpoint.disabled.filter(|(at, _)| *at == disabled_at);
            disabled.map(|disabled| (endpoint, disabled))
        }) else {
            return Ok(OVERTAKEN);
        };
        let locale = self.merchant.default_locale().to_owned();
        let is_gone = because == DisabledBecause::Gone;
        let content = MailContent::WebhookDisabled { id: endpoint.id, url: endpoint.url, is_gone };
        Ok(self.ready(operator, None, locale, content))
    }

    /// With a link that nobody else gets: it is made for this mail.
    fn renewal_failed(
        &self,
        tx: &mut Tx<'_>,
        failed: &RenewalFailed,
    ) -> Result<Option<MailContent>, ComposeError> {
        let project = self.merchant.id;
        let paid = tx.payments(project).find(failed.payment)?;
        if paid.is_some_and(|payment| payment.has_arrived()) {
            return Ok(None);
        }
        let Some(view) = tx.subscriptions(project).view(failed.subscription)? else { return Ok(None) };
        let intent = match failed.remedy {
            Remedy::ConfirmPayment => Intent::ConfirmPayment(failed.payment),
            Remedy::AnotherCard => Intent::UpdatePaymentMethod,
        };
        let Some(url) = self.link_to(tx, intent)? else { return Ok(None) };
        let plan = match due_change(tx, project, failed)? {
            Some(change) => tx.products(project).find(change.product_id)?.unwrap_or(view.product).name,
            None => view.product.name,
        };
        Ok(Some(MailContent::RenewalFailed { plan, failed: failed.clone(), url }))
    }

    /// With a link to the plans, unless the customer has chosen, or left, since.
    fn first_payment_failed(
        &self,
        tx: &mut Tx<'_>,
        failed: &FirstPaymentFailed,
    ) -> Result<Option<MailContent>, ComposeError> {
        let project = self.merchant.id;
        let latest = tx.subscription_changes(project).latest_of(failed.subscription)?;
        let Some(change) = latest.filter(|change| change.id == failed.change) else { return Ok(None) };
        let Some(view) = tx.subscriptions(project).view(failed.subscription)? else { return Ok(None) };
        let Some(product) = tx.products(project).find(change.product_id)? else { return Ok(None) };
        if !view.subscription.can_change_plan() || view.product.id == product.id {
            return Ok(None);
        }
        let Some(url) = self.link_to(tx, Intent::ChangeSubscription(failed.subscription))? else {
            return Ok(None);
        };
        let (plan, kept) = (product.name, view.product.name);
        Ok(Some(MailContent::FirstPaymentFailed { plan, kept, failed: failed.clone(), url }))
    }

    /// `None` where there is nothing to mend any more.
    fn link_to(&self, tx: &mut Tx<'_>, intent: Intent) -> Result<Option<SecretString>, ComposeError> {
        let Some(customer) = self.queued.customer_id else { return Ok(None) };
        let request = NewSession {
            intent,
            callback: None,
            appearance: Appearance::default(),
            visitor: Some(Visitor::Known(customer)),
        };
        match connect_sessions::create(self.cx, tx, LINK_LIFETIME, self.merchant.id, &request) {
            Ok(mut opened) => {
                opened.session.progress.is_open_to_owner = true;
                tx.connect_sessions(self.merchant.id).update(&opened.session)?;
                let base = &self.app.settings().connect_url;
                Ok(Some(entry_url(base, &opened.session, opened.token.as_ref())))
            }
            Err(ConnectSessionError::Store(error)) => Err(error.into()),
            Err(error) => {
                tracing::info!(mail.id = %self.queued.id, %error, "there is nothing left to mend");
                Ok(None)
            }
        }
    }
}

/// The change of plan whose first payment a renewal was, if it was one.
fn due_change(
    tx: &mut Tx<'_>,
    project: ProjectId,
    failed: &RenewalFailed,
) -> Result<Option<SubscriptionChange>, StoreError> {
    let open = tx.subscription_changes(project).open_of(failed.subscription)?;
    Ok(open.filter(|change| change.is_due_at(failed.failed_at)))
}

fn cancellation(cx: &Cx, tx: &mut Tx<'_>, view: &SubscriptionView) -> Result<MailContent, StoreError> {
    let subscription = &view.subscription;
    let ending = match (subscription.state, subscription.ended_at) {
        (SubscriptionState::Ended, _) | (_, None) => Ending::AtOnce,
        (_, Some(end)) => Ending::of(subscription, end, next_charge(cx, tx, view)?, cx.now()),
    };
    Ok(MailContent::Cancellation { plan: view.product.name.clone(), ending })
}
