//! Visits that are about the card: giving another one, and answering a bank about a payment.

use perennial_domain::{Money, Outcome, Payment, PaymentId, PaymentMethod};
use perennial_store::{StoreError, Tx};

use super::finish::close;
use super::visit::Visit;
use crate::cards::{
    CardError, CardSettlement, OpenPage, OpenedPage, PaidOff, card_of_customer, card_of_subscription,
    is_more_owed, open_card_page, settle_card_page, sum_of_debts,
};
use crate::context::App;

/// What the visitor's card does.
#[derive(Clone, Debug)]
pub struct OwnCard {
    /// The card that pays for what renews, or else the one that would be charged; `None` if Stripe keeps none.
    pub card: Option<PaymentMethod>,
    /// What it pays for: names of products that renew.
    pub pays_for: Vec<String>,
}

/// A payment of the visitor's.
#[derive(Clone, Debug)]
pub struct OwnPayment {
    /// The payment.
    pub payment: Payment,
    /// What it is for: the name of a product.
    pub what: String,
    /// What pays for it, as far as it is known.
    pub card: Option<PaymentMethod>,
}

/// Where Stripe sends the visitor afterwards.
#[derive(Clone, Debug)]
pub struct CardUrls {
    /// Who gave a card.
    pub return_url: String,
    /// Who turned back.
    pub cancel_url: String,
}

/// The visitor's card, and what it does.
pub fn find_own_card(tx: &mut Tx<'_>, visit: &Visit) -> Result<OwnCard, StoreError> {
    let project = visit.project.id;
    let Some(customer) = visit.session.customer_id else {
        return Ok(OwnCard { card: None, pays_for: Vec::new() });
    };
    let (mut card, mut pays_for) = (None, Vec::new());
    for subscription in tx.subscriptions(project).billed_of(customer)? {
        let payer = card_of_subscription(tx, &subscription)?;
        if card.get_or_insert_with(|| payer.clone()) == &payer {
            pays_for.extend(tx.products(project).find(subscription.product_id)?.map(|product| product.name));
        }
    }
    let card = match card.flatten() {
        Some(card) => Some(card),
        None => card_of_customer(tx, project, customer)?,
    };
    Ok(OwnCard { card, pays_for })
}

/// What another card of the visitor's is charged at once, all of it in one currency; `None` if nothing is.
pub async fn price_own_debts(app: &App, visit: &Visit) -> Result<Option<Money>, CardError> {
    match visit.session.customer_id {
        Some(customer) => sum_of_debts(app, visit.project.id, customer).await,
        None => Ok(None),
    }
}

/// The visitor's payment with this id; nobody else's.
pub fn find_own_payment(
    tx: &mut Tx<'_>,
    visit: &Visit,
    id: PaymentId,
) -> Result<Option<OwnPayment>, StoreError> {
    let project = visit.project.id;
    let payment = tx.payments(project).find(id)?;
    let Some(payment) = payment.filter(|payment| Some(payment.customer_id) == visit.session.customer_id)
    else {
        return Ok(None);
    };
    let view = match payment.subscription_id {
        Some(subscription) => tx.subscriptions(project).view(subscription)?,
        None => None,
    };
    let card = match payment.attempts.payment_method.as_deref() {
        Some(stripe_id) => tx.payment_methods(project).find_by_stripe_id(stripe_id)?,
        None => None,
    };
    let what = view.map_or_else(|| visit.project.name.clone(), |view| view.product.name);
    Ok(Some(OwnPayment { payment, what, card }))
}

/// What the card that the visitor gave was charged in all, this payment among it.
pub fn sum_paid_with(tx: &mut Tx<'_>, visit: &Visit, payment: &Payment) -> Result<Money, StoreError> {
    let page = visit.session.progress.card_page.as_ref();
    let Some(page) = page.filter(|page| page.invoices.contains(&payment.stripe_reference)) else {
        return Ok(payment.amount);
    };
    let currency = payment.amount.currency;
    let paid = PaidOff::of_invoices(tx, visit.project.id, &page.invoices)?.paid;
    let same = paid.iter().filter(|paid| paid.amount.currency == currency);
    Ok(Money::new(same.map(|paid| paid.amount.amount_minor).sum(), currency))
}

/// Opens Stripe's page for another card.
pub async fn open_own_card_page(app: &App, visit: &Visit, urls: CardUrls) -> Result<OpenedPage, CardError> {
    let request = OpenPage {
        project: visit.project.id,
        visit: visit.session.id,
        return_url: urls.return_url,
        cancel_url: urls.cancel_url,
        locale: visit.locale().to_owned(),
    };
    open_card_page(app, &request).await
}

/// What came of the visit's latest page for a card; `None` where it opened none.
pub async fn settle_own_card_page(app: &App, visit: &Visit) -> Result<Option<CardSettlement>, CardError> {
    let page = visit.session.progress.card_page.as_ref();
    match page.and_then(|page| page.stripe_session_id.as_deref()) {
        Some(id) => settle_card_page(app, visit.project.id, id).await.map(Some),
        None => Ok(None),
    }
}

/// What is left to pay once a payment of the visitor's is there: for the same subscription, and what its card was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// A part of what the card of this visit was given for.
    ForGivenCard,
    /// What the visitor has agreed to with no card yet.
    ForAnyCard,
}

/// Finds what is left beside a payment that is there. Stripe is asked only where something is not paid.
pub async fn find_rest(app: &App, visit: &Visit, paid: &Payment) -> Result<Rest, CardError> {
    // A page names invoices once a card was given on it.
    let given = visit.session.progress.card_page.as_ref();
    let given = given.filter(|page| page.invoices.contains(&paid.stripe_reference));
    let agreed = given.map_or(&[][..], |page| &page.invoices);
    if !is_more_owed(app, paid, agreed).await? {
        return Ok(Rest::Nothing);
    }
    Ok(if given.is_some() { Rest::ForGivenCard } else { Rest::ForAnyCard })
}

/// The same once a bank has let the payment through: where nothing is left, a visit that came to pay ends with it.
pub async fn conclude_payment(app: &App, visit: &Visit, paid: &Payment) -> Result<Rest, CardError> {
    let rest = find_rest(app, visit, paid).await?;
    if rest == Rest::Nothing && visit.session.intent.is_to_pay() {
        close(app, visit.project.id, visit.session.id, Outcome::Success).await?;
    }
    Ok(rest)
}
