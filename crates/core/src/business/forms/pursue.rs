//! Whatever is left to do for a form that was confirmed, and how it stands then.

use perennial_domain::{
    Checkout, CheckoutForm, CheckoutFormId, CheckoutId, CheckoutTerms, FormAgreement, Order, ProjectId,
    SubscriptionChange, SubscriptionChangeId, SubscriptionChangeState,
};
use perennial_store::StoreError;

use super::attempts::{may_begin, note, note_paid, request_of};
use super::{FormError, FormPages, FormPayment};
use crate::cards::{Confirmation, confirm_payment, sync_cards_of};
use crate::checkout::{
    ChargeCheckout, ChargedCheckout, Settlement, StartCheckout, Started, charge_checkout, charged_before,
    checkout_of_request, settle_checkout, start_checkout,
};
use crate::context::App;
use crate::ports::Refusal;
use crate::report::chain;
use crate::subscriptions::carry_out_change;

/// How a form stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormStanding {
    /// All that was agreed to has come true.
    Done,
    /// The customer pays, or gives their card, on this page of Stripe's.
    PayAt(String),
    /// Their bank asks them here.
    AskAt(String),
    /// They have yet to pay on a page that was opened before: this one.
    Unpaid(String),
    /// It is asked for, and nobody has said yet what came of it.
    Confirming,
    /// Their card did not pay, for this reason in Stripe's words. What was agreed to last has not come true.
    Failed(Option<String>),
    /// Something else came first. What was paid for nothing goes back by itself.
    TooLate,
}

/// A form that was confirmed, and how it stands.
#[derive(Clone, Debug)]
pub struct Pursued {
    /// The form.
    pub form: CheckoutForm,
    /// How it stands.
    pub standing: FormStanding,
}

/// The form with this id.
pub async fn find_form(
    app: &App,
    project: ProjectId,
    id: CheckoutFormId,
) -> Result<Option<CheckoutForm>, StoreError> {
    app.read(move |_, tx| tx.checkout_forms(project).find(id)).await
}

/// Does what is left to do for a form. Safe to ask as often as anybody likes: what was paid is not paid again, and what
/// was tried in vain is tried again only after another yes.
pub async fn pursue(app: &App, form: CheckoutForm, payment: &FormPayment) -> Result<Pursued, FormError> {
    let form = keep_wish(app, form, payment).await?;
    let standing = match &form.agreed {
        FormAgreement::Recorded { .. } => Ok(FormStanding::Done),
        FormAgreement::Change { change } => Box::pin(change_plan(app, &form, *change, payment)).await,
        FormAgreement::Buy { .. } => Box::pin(buy(app, &form, payment)).await,
    };
    match standing {
        Ok(standing) => Ok(Pursued { form, standing }),
        Err(FormError::Unsettled(error)) => {
            tracing::warn!(form.id = %form.id, error = %chain(error.as_ref()), "what came of the form {} is not known yet", form.id);
            Ok(Pursued { form, standing: FormStanding::Confirming })
        }
        Err(error) => Err(error),
    }
}

/// Remembers a yes, and what the customer wants to pay with, for whoever looks when the answer was lost.
async fn keep_wish(app: &App, form: CheckoutForm, payment: &FormPayment) -> Result<CheckoutForm, StoreError> {
    let at_stripe = payment.is_with_another_card();
    let is_kept = form.at_stripe == at_stripe && (form.look_at.is_some() || form.orders().len() < 2);
    if payment.yes_with.is_none() || is_kept {
        return Ok(form);
    }
    note(app, &form, move |cx, form| {
        form.at_stripe = at_stripe;
        form.look_again(cx.now());
    })
    .await
}

async fn change_plan(
    app: &App,
    form: &CheckoutForm,
    id: SubscriptionChangeId,
    payment: &FormPayment,
) -> Result<FormStanding, FormError> {
    let project = form.project_id;
    let change = carry_out_change(app, project, id).await?;
    let Some(invoice) = awaited_invoice(&change) else { return Ok(standing_of(&change)) };
    let owed = app.read(move |_, tx| tx.payments(project).find_by_reference(&invoice)).await?;
    if let Some((owed, pages)) = owed.zip(payment.pages.as_ref()) {
        let return_url = pages.return_url(form);
        if let Confirmation::AskAt(bank_url) = confirm_payment(app, project, owed.id, &return_url).await? {
            return Ok(FormStanding::AskAt(bank_url));
        }
    }
    Ok(standing_of(&carry_out_change(app, project, id).await?))
}

fn awaited_invoice(change: &SubscriptionChange) -> Option<String> {
    change.stripe_invoice_id.clone().filter(|_| change.state == SubscriptionChangeState::Initiated)
}

fn standing_of(change: &SubscriptionChange) -> FormStanding {
    match change.state {
        SubscriptionChangeState::Applied => FormStanding::Done,
        SubscriptionChangeState::Initiated | SubscriptionChangeState::Pending => FormStanding::Confirming,
        SubscriptionChangeState::Failed => FormStanding::Failed(change.failure_code.clone()),
        SubscriptionChangeState::Deleted => FormStanding::TooLate,
    }
}

/// Pays one order after the other, from the first that is not paid.
pub(super) async fn buy(
    app: &App,
    form: &CheckoutForm,
    payment: &FormPayment,
) -> Result<FormStanding, FormError> {
    let (form, paid) = note_paid(app, form).await?;
    for (position, order) in form.orders().iter().enumerate().skip(paid) {
        let standing = match form.checkouts.get(position) {
            Some(checkout) => match settled(app, &form, *checkout).await? {
                FormStanding::Failed(_) if payment.yes_with.is_some() => {
                    pay(app, &form, position, order, payment).await?
                }
                standing => standing,
            },
            None => pay(app, &form, position, order, payment).await?,
        };
        if standing != FormStanding::Done {
            return Ok(standing);
        }
    }
    Ok(FormStanding::Done)
}

/// What came of an attempt to pay that was begun before.
async fn settled(app: &App, form: &CheckoutForm, id: CheckoutId) -> Result<FormStanding, FormError> {
    let project = form.project_id;
    let standing = match settle_checkout(app, project, id).await? {
        Settlement::Settled(_) => FormStanding::Done,
        Settlement::Open => match app.read(move |_, tx| tx.checkouts(project).find(id)).await? {
            Some(Checkout { stripe_url: Some(page), .. }) => FormStanding::Unpaid(page),
            _ => FormStanding::Confirming,
        },
        Settlement::Confirming => FormStanding::Confirming,
        Settlement::Superseded => FormStanding::TooLate,
        Settlement::NotPaid | Settlement::NotOurs => FormStanding::Failed(None),
    };
    Ok(standing)
}

/// Pays one order. Whoever comes while the same form is paying it, as the second click of two, hears what comes of that.
async fn pay(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    order: &Order,
    payment: &FormPayment,
) -> Result<FormStanding, FormError> {
    match try_to_pay(app, form, position, order, payment).await {
        Err(FormError::UnderWay) => {
            let request = request_of(form, position);
            let own = checkout_of_request(app, form.project_id, request).await?;
            own.map(|_| FormStanding::Confirming).ok_or(FormError::UnderWay)
        }
        paid => paid,
    }
}

/// Charges the card on file. Where there is none, or its bank asks, the customer pays on Stripe's page, if they are there.
async fn try_to_pay(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    order: &Order,
    payment: &FormPayment,
) -> Result<FormStanding, FormError> {
    let before = charged_before(app, form.project_id, Some(request_of(form, position))).await?;
    let charged = match before {
        Some(charged) => charged,
        None if payment.yes_with.is_none() && !may_begin(app, form, position).await? => {
            return Ok(FormStanding::Failed(None));
        }
        None if form.at_stripe => return at_stripe(app, form, position, order, payment).await,
        None => charge(app, form, position, order).await?,
    };
    match charged {
        ChargedCheckout::Paid { checkout, .. } => {
            note_checkout(app, form, position, checkout).await?;
            Ok(FormStanding::Done)
        }
        ChargedCheckout::Declined(refusal) => Ok(FormStanding::Failed(Some(code_of(refusal)))),
        ChargedCheckout::NeedsConfirmation(_) | ChargedCheckout::NoCard => {
            at_stripe(app, form, position, order, payment).await
        }
        // No form is a visit, so that nothing waits here; asked again it would be told.
        ChargedCheckout::Waiting { .. } => Ok(FormStanding::Confirming),
        ChargedCheckout::TooLate => Ok(FormStanding::TooLate),
    }
}

async fn charge(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    order: &Order,
) -> Result<ChargedCheckout, FormError> {
    if position > 0 {
        // It is charged to the card that was given for the one before.
        sync_cards_of(app, form.project_id, form.customer_id).await?;
    }
    let command = ChargeCheckout {
        project: form.project_id,
        customer: form.customer_id,
        connect_session: None,
        order: order.clone(),
        request: Some(request_of(form, position)),
    };
    Ok(charge_checkout(app, command).await?)
}

fn code_of(refusal: Refusal) -> String {
    refusal.decline_code.or(refusal.code).unwrap_or_default()
}

async fn at_stripe(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    order: &Order,
    payment: &FormPayment,
) -> Result<FormStanding, FormError> {
    match &payment.pages {
        Some(pages) => open_page(app, form, position, order, pages).await,
        None => Ok(FormStanding::Failed(None)),
    }
}

async fn open_page(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    order: &Order,
    pages: &FormPages,
) -> Result<FormStanding, FormError> {
    let back = pages.return_url(form);
    let command = StartCheckout {
        project: form.project_id,
        customer: form.customer_id,
        connect_session: None,
        order: order.clone(),
        terms: CheckoutTerms::default(),
        locale: pages.locale.clone(),
        return_url: back.clone(),
        cancel_url: back,
    };
    match start_checkout(app, command).await? {
        Started::Pay { checkout, page } => {
            note_page(app, form, position, checkout).await?;
            Ok(FormStanding::PayAt(page))
        }
        Started::Done { checkout, .. } => {
            note_checkout(app, form, position, checkout).await?;
            Ok(FormStanding::Done)
        }
    }
}

/// Remembers by which attempt an order is paid.
async fn note_checkout(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    checkout: CheckoutId,
) -> Result<(), StoreError> {
    note(app, form, move |_, form| form.note_attempt(position, checkout)).await.map(drop)
}

/// Remembers the page on which an order is paid. The wish for it has come true: what is left goes to the card given there.
async fn note_page(
    app: &App,
    form: &CheckoutForm,
    position: usize,
    checkout: CheckoutId,
) -> Result<(), StoreError> {
    note(app, form, move |_, form| {
        form.note_attempt(position, checkout);
        form.at_stripe = false;
    })
    .await
    .map(drop)
}
