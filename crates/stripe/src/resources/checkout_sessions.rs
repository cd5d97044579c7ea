//! Checkout Sessions: <https://docs.stripe.com/api/checkout/sessions>.

use jiff::Timestamp;
use perennial_core::ports::{
    AttemptState, CheckoutMode, CheckoutSession, CheckoutSessionStatus, InvoiceStatus, OpenCheckout,
    PaymentsError,
};
use perennial_domain::{CheckoutUi, PaymentMethods};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::invoices::InvoiceObject;
use super::shapes::{
    BILLING_MODE, CHECKOUT_KEY, Identified, Link, Metadata, checkout_id, money, nonsense, time,
};
use super::subscriptions::SubscriptionObject;
use super::{pages, payment_intents};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;
use crate::locale;

/// What a session became, in full; `payments` comes only when it is asked for.
const IN_FULL: [&str; 3] = ["subscription", "invoice.payments", "payment_intent"];
const IN_FULL_ON_LISTS: [&str; 3] = ["data.subscription", "data.invoice.payments", "data.payment_intent"];

/// Opens a session. The key is the checkout's alone: whoever asks twice, even with other words, gets one session or
/// a refusal, and never two sessions that can both be paid.
pub(crate) async fn open(client: &Client, request: &OpenCheckout) -> Result<CheckoutSession, PaymentsError> {
    let call =
        Call::post("/v1/checkout/sessions").with(opening(request)).once(format!("{}/checkout", request.id));
    client.send::<SessionObject>(&call).await?.into_port()
}

/// What is true of a session now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<CheckoutSession, PaymentsError> {
    let call = Call::get("/v1/checkout/sessions/{id}").on(id).with(Form::new().expanding(&IN_FULL));
    with_verdict(client, client.send::<SessionObject>(&call).await?.into_port()?).await
}

/// Closes an open session. Under a key, so that asking again after a lost answer is not refused.
pub(crate) async fn expire(client: &Client, id: &str) -> Result<CheckoutSession, PaymentsError> {
    let call = Call::post("/v1/checkout/sessions/{id}/expire").on(id).once(format!("{id}/expire"));
    client.send::<SessionObject>(&call).await?.into_port()
}

/// Sessions that were created since and are complete or expired, the complete ones first.
///
/// A merchant's account may hold sessions of other programs, so one that cannot be read is logged and left out: it
/// must not keep all others from being settled.
pub(crate) async fn finished(
    client: &Client,
    since: Timestamp,
) -> Result<Vec<CheckoutSession>, PaymentsError> {
    let mut finished = Vec::new();
    for status in ["complete", "expired"] {
        let form = Form::new()
            .with("status", status)
            .with("created[gte]", since.as_second())
            .expanding(&IN_FULL_ON_LISTS);
        let items = pages::all(client, "/v1/checkout/sessions", form).await?;
        for session in items.into_iter().filter_map(|item| read_listed(item, SessionObject::into_port)) {
            finished.push(with_verdict(client, session).await?);
        }
    }
    Ok(finished)
}

/// Stripe counts a debit as tried as soon as its bank is asked: whether the bank said no, the payment intent tells. What
/// it is lies too deep in the session to be expanded (<https://docs.stripe.com/expand#how-it-works>).
async fn with_verdict(client: &Client, session: CheckoutSession) -> Result<CheckoutSession, PaymentsError> {
    let tried = session.invoice.as_ref().filter(|invoice| session.has_failed && invoice.is_failing());
    let ours = tried.filter(|_| session.checkout_id.is_some());
    let Some(intent) = ours.and_then(|invoice| invoice.payment_intent_id.as_deref()) else {
        return Ok(session);
    };
    let state = payment_intents::retrieve(client, intent).await?.state;
    let has_failed = !matches!(state, AttemptState::Processing | AttemptState::Succeeded);
    Ok(CheckoutSession { has_failed, ..session })
}

/// One of a list; one that cannot be read is logged and left out.
pub(super) fn read_listed<Object: DeserializeOwned, Read>(
    item: Value,
    into_port: impl Fn(Object) -> Result<Read, PaymentsError>,
) -> Option<Read> {
    let id = item["id"].as_str().unwrap_or_default().to_owned();
    let read = serde_json::from_value::<Object>(item).map_err(|error| nonsense(error.to_string()));
    match read.and_then(into_port) {
        Ok(read) => Some(read),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(stripe.session = id, error, "left Checkout Session {id} out of a sweep");
            None
        }
    }
}

fn opening(request: &OpenCheckout) -> Form {
    let mode = match request.mode {
        CheckoutMode::Once => "payment",
        CheckoutMode::Subscription => "subscription",
    };
    let mut form = Form::new()
        .with("mode", mode)
        .with("customer", &request.stripe_customer_id)
        .with("client_reference_id", request.reference.clone().unwrap_or_else(|| request.id.to_string()));
    for (index, kind) in payment_method_types(request.payment_methods).iter().enumerate() {
        form = form.with(format!("payment_method_types[{index}]"), kind);
    }
    form = with_metadata(form, "metadata", request);
    for (index, line) in request.lines.iter().enumerate() {
        form = form
            .with(format!("line_items[{index}][price]"), &line.stripe_price_id)
            .with(format!("line_items[{index}][quantity]"), 1);
    }
    form = match request.mode {
        CheckoutMode::Subscription => with_metadata(form, "subscription_data[metadata]", request)
            .with("subscription_data[billing_mode][type]", BILLING_MODE),
        // Only a session that makes an invoice gives the customer a document to keep.
        CheckoutMode::Once => with_metadata(form, "payment_intent_data[metadata]", request)
            .with("invoice_creation[enabled]", true),
    };
    form = match request.ui {
        CheckoutUi::Hosted => {
            form.with("success_url", &request.return_url).with("cancel_url", &request.cancel_url)
        }
        // Embedded, Stripe has no page to turn back from, and the customer need not leave ours after a card.
        CheckoutUi::Embedded => form
            .with("ui_mode", "embedded")
            .with("redirect_on_completion", "if_required")
            .with("return_url", &request.return_url),
    };
    form.with_some("discounts[0][promotion_code]", request.stripe_promotion_code_id.as_deref())
        .with_some("expires_at", request.expires_at.map(Timestamp::as_second))
        .with("locale", locale::nearest(&request.locale))
}

/// What is named to Stripe; with nothing, the account's own choice holds.
fn payment_method_types(methods: PaymentMethods) -> &'static [&'static str] {
    match methods {
        // A bank debit confirms days later, and until then the customer could buy nothing else.
        PaymentMethods::Cards => &["card"],
        PaymentMethods::CardsAndSepaDebits => &["card", "sepa_debit"],
        PaymentMethods::Any => &[],
    }
}

/// Ours leads from the object back to the checkout; the others are for whoever looks at it in Stripe's dashboard.
fn with_metadata(form: Form, field: &str, request: &OpenCheckout) -> Form {
    let form = form.with(format!("{field}[{CHECKOUT_KEY}]"), request.id);
    request.metadata.iter().fold(form, |form, (name, value)| form.with(format!("{field}[{name}]"), value))
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct SessionObject {
    id: String,
    created: i64,
    expires_at: i64,
    status: Option<String>,
    payment_status: Option<String>,
    url: Option<String>,
    client_secret: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    client_reference_id: Option<String>,
    metadata: Option<Metadata>,
    subscription: Option<Link<SubscriptionObject>>,
    invoice: Option<Link<InvoiceObject>>,
    payment_intent: Option<Link<PaymentIntentObject>>,
}

/// How the money moves, where no invoice stands between.
#[derive(Debug, Deserialize)]
struct PaymentIntentObject {
    id: String,
    status: Option<String>,
    payment_method: Option<Link<Identified>>,
}

impl SessionObject {
    fn into_port(self) -> Result<CheckoutSession, PaymentsError> {
        let referenced = || self.client_reference_id.as_deref().and_then(|id| id.parse().ok());
        let subscription = self.subscription.map(|link| link.expanded("subscription")?.into_port());
        let invoice = self.invoice.map(|link| link.expanded("invoice")?.into_port());
        let invoice = invoice.transpose()?;
        let status = status(self.status.as_deref())?;
        let is_paid = is_paid(self.payment_status.as_deref())?;
        let intent_failed = matches!(&self.payment_intent, Some(Link::Object(intent)) if intent.has_failed());
        let has_failed = status == CheckoutSessionStatus::Complete
            && !is_paid
            && (intent_failed
                || invoice.as_ref().is_some_and(|it| it.is_failing() || it.status == InvoiceStatus::Void));
        let (payment_intent_id, payment_method_id) = match self.payment_intent {
            Some(Link::Object(intent)) => (Some(intent.id), intent.payment_method.map(Link::into_id)),
            // An answer that was asked for when nobody had paid yet.
            Some(Link::Id(id)) => (Some(id), None),
            None => (None, None),
        };
        Ok(CheckoutSession {
            checkout_id: checkout_id(self.metadata.as_ref()).or_else(referenced),
            url: self.url,
            client_secret: self.client_secret.map(SecretString::from),
            status,
            is_paid,
            has_failed,
            total: match (self.amount_total, self.currency) {
                (Some(amount), Some(currency)) => Some(money(amount, &currency)?),
                _ => None,
            },
            created_at: time(self.created)?,
            expires_at: time(self.expires_at)?,
            subscription: subscription.transpose()?,
            invoice,
            payment_intent_id,
            payment_method_id,
            id: self.id,
        })
    }
}

impl PaymentIntentObject {
    /// Whether the bank said no (<https://docs.stripe.com/payments/paymentintents/lifecycle>).
    fn has_failed(&self) -> bool {
        matches!(self.status.as_deref(), Some("requires_payment_method" | "canceled"))
    }
}

pub(super) fn status(word: Option<&str>) -> Result<CheckoutSessionStatus, PaymentsError> {
    match word {
        Some("open") => Ok(CheckoutSessionStatus::Open),
        Some("complete") => Ok(CheckoutSessionStatus::Complete),
        Some("expired") => Ok(CheckoutSessionStatus::Expired),
        other => Err(nonsense(format!("{other:?} is no status of a Checkout Session"))),
    }
}

fn is_paid(word: Option<&str>) -> Result<bool, PaymentsError> {
    match word {
        Some("paid" | "no_payment_required") => Ok(true),
        Some("unpaid") => Ok(false),
        other => Err(nonsense(format!("{other:?} is no payment status of a Checkout Session"))),
    }
}
