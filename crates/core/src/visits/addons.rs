//! Visits that buy add-ons on a subscription: what they cost now, and paying for them.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{CheckoutTerms, Customer, Intent, PaymentMethod};
use perennial_store::StoreError;

use super::buy::VisitUrls;
use super::visit::Visit;
use crate::cards::{card_of_customer, card_of_subscription};
use crate::checkout::{
    AddonOrderError, ChargeCheckout, ChargedCheckout, QuotedAddons, StartCheckout, StartCheckoutError,
    Started, charge_checkout, place_addons, quote_addons, start_checkout,
};
use crate::context::App;
use crate::ports::{AttemptState, Refusal};

/// A visit that buys add-ons.
#[derive(Clone, Debug)]
pub struct AddonVisit {
    /// The visit.
    pub visit: Visit,
    /// Who buys.
    pub customer: Customer,
    /// What, at today's prices.
    pub quoted: QuotedAddons,
    /// The card that will be charged, where it is known.
    pub card: Option<PaymentMethod>,
}

/// Why there is nothing to buy.
#[derive(Debug, thiserror::Error)]
pub enum AddonVisitError {
    /// The visit came for something else, or nobody has logged in yet.
    #[error("the visit does not buy add-ons")]
    NotAddons,
    /// They cannot be bought.
    #[error(transparent)]
    Order(#[from] AddonOrderError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoughtAddons {
    /// They are paid, or free, and can be used.
    Done,
    /// To Stripe's page, or to that of the customer's bank.
    Pay(String),
    /// The bank has not decided yet.
    Confirming,
    /// The card of the subscription was refused. Nothing was changed.
    Refused(Refusal),
    /// They were paid when their subscription was over: the money goes back.
    TooLate,
}

/// Why they were not bought. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum BuyAddonsError {
    /// The page showed another sum than they come to now.
    #[error("the price changed since the page was shown")]
    PriceChanged,
    /// There is no checkout.
    #[error(transparent)]
    Start(#[from] StartCheckoutError),
}

/// So long the sum that a page showed can be paid, though the part of the period that is left has shrunk since.
const QUOTE_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Finds out what the add-ons of a visit cost: as it was counted on an earlier look, if that is recent, or else now.
pub async fn addon_visit(
    app: &App,
    visit: Visit,
    counted_at: Option<Timestamp>,
) -> Result<AddonVisit, AddonVisitError> {
    let (Intent::CheckoutAddon { subscription, addons }, Some(customer)) =
        (visit.session.intent.clone(), visit.customer.clone())
    else {
        return Err(AddonVisitError::NotAddons);
    };
    let (project, customer_id) = (visit.project.id, customer.id);
    let (placed, card) = app
        .read(move |_, tx| {
            let placed = place_addons(tx, project, customer_id, subscription, &addons)?;
            let card = if placed.renew_at_a_price() {
                card_of_subscription(tx, &placed.subscription)?
            } else {
                card_of_customer(tx, project, customer_id)?
            };
            Ok::<_, AddonOrderError>((placed, card))
        })
        .await?;
    let now = app.now();
    let period_start = placed.subscription.period_at(now).map_or(now, |period| period.start);
    let is_recent = |at: &Timestamp| *at <= now && *at >= period_start.max(now - QUOTE_LIFETIME);
    let quoted = quote_addons(app, placed, counted_at.filter(is_recent).unwrap_or(now)).await?;
    Ok(AddonVisit { visit, customer, quoted, card })
}

/// Buys them. `shown` is the sum that the customer agreed to, in minor units.
///
/// A saved card is charged at once. Where there is none, or its bank says no or wants to hear its customer, Stripe's page
/// asks for another one. What renews can be charged to the card of its subscription only: a bank that asks about that one
/// is answered first, and another card has to be made the subscription's.
pub async fn buy_addons(
    app: &App,
    visit: &AddonVisit,
    shown: i64,
    urls: VisitUrls,
) -> Result<BoughtAddons, BuyAddonsError> {
    if shown != visit.quoted.due_now.amount_minor {
        return Err(BuyAddonsError::PriceChanged);
    }
    let command = ChargeCheckout {
        project: visit.visit.project.id,
        customer: visit.customer.id,
        connect_session: Some(visit.visit.session.id),
        order: visit.quoted.order(),
        request: None,
    };
    let charged = match charge_checkout(app, command).await {
        Err(StartCheckoutError::PriceChanged { .. }) => return Err(BuyAddonsError::PriceChanged),
        charged => charged?,
    };
    match charged {
        ChargedCheckout::Paid { .. } => Ok(BoughtAddons::Done),
        ChargedCheckout::TooLate => Ok(BoughtAddons::TooLate),
        ChargedCheckout::Waiting { payment_intent_id: Some(intent), .. } => {
            ask_bank(app, visit, &intent, &urls.return_url).await
        }
        ChargedCheckout::Waiting { payment_intent_id: None, .. } => Ok(BoughtAddons::Confirming),
        ChargedCheckout::Declined(refusal) | ChargedCheckout::NeedsConfirmation(refusal)
            if visit.quoted.placed.renew_at_a_price() =>
        {
            Ok(BoughtAddons::Refused(refusal))
        }
        ChargedCheckout::Declined(_) | ChargedCheckout::NeedsConfirmation(_) | ChargedCheckout::NoCard => {
            pay_on_page(app, visit, urls).await
        }
    }
}

/// To the customer's bank, which sends them back to `return_url`: they are made once it has said yes.
async fn ask_bank(
    app: &App,
    visit: &AddonVisit,
    payment_intent_id: &str,
    return_url: &str,
) -> Result<BoughtAddons, BuyAddonsError> {
    let payments = app.payments(visit.visit.project.id).await.map_err(StartCheckoutError::from)?;
    let attempt = payments.confirm_payment(payment_intent_id, return_url).await;
    Ok(match attempt.map_err(StartCheckoutError::from)?.state {
        AttemptState::NeedsConfirmation { bank_url: Some(bank_url) } => BoughtAddons::Pay(bank_url),
        _ => BoughtAddons::Confirming,
    })
}

async fn pay_on_page(app: &App, visit: &AddonVisit, urls: VisitUrls) -> Result<BoughtAddons, BuyAddonsError> {
    let command = StartCheckout {
        project: visit.visit.project.id,
        customer: visit.customer.id,
        connect_session: Some(visit.visit.session.id),
        order: visit.quoted.order(),
        terms: CheckoutTerms::default(),
        locale: visit.visit.locale().to_owned(),
        return_url: urls.return_url,
        cancel_url: urls.cancel_url,
    };
    match start_checkout(app, command).await? {
        Started::Pay { page, .. } => Ok(BoughtAddons::Pay(page)),
        Started::Done { .. } => Ok(BoughtAddons::Done),
    }
}
