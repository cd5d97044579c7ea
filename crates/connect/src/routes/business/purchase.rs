//! `/checkout/purchase`: what is in a cart, and buying it.

use axum::extract::State;
use axum::response::Response;
use perennial_core::actor::acting;
use perennial_core::business::forms::{
    CartItem, CartRest, PurchaseQuote, confirm_purchase, quote_purchase, quote_rest, sent_before,
};
use perennial_core::business::read_payment_type;
use perennial_core::context::App;
use perennial_domain::{Price, Product, Term};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Next, is_about_the_card, next, notice_of, refused};
use super::desk::Desk;
use super::sent::{Opened, SaidYes, said_prices};
use crate::from_core::date_of;
use crate::pages::business::{FormRefusal, Pays, PurchaseFormPage, PurchaseItem, PurchaseNotice};
use crate::pages::manage::{PaymentNotice, SavedCard};
use crate::pages::summary::Billing;
use crate::routes::error::internal;
use crate::routes::summary::{included_in, line_of};

/// `GET`: what is bought, and what it costs today and then.
pub(super) async fn show(State(app): State<App>, Opened(desk): Opened) -> Response {
    show_form(&app, &desk, notice_of(desk.address.again())).await
}

/// `POST`: the yes to it.
pub(super) async fn confirm(
    State(app): State<App>,
    SaidYes { desk, submission, payment }: SaidYes,
) -> Response {
    let cart = match cart_of(&desk) {
        Ok(cart) => cart,
        Err(refusal) => return desk.refuse(&app, refusal),
    };
    let confirmed = Box::pin(confirm_purchase(&app, &desk.party, &cart, &submission, &payment));
    let confirmed = acting(desk.actor(), confirmed).await;
    let desk = match sent_before(&app, desk.party.project.id, &submission).await {
        Ok(Some(form)) => desk.going_on_with(form.id),
        Ok(None) => desk,
        Err(error) => return internal(&app, &error),
    };
    match next(&app, &desk, confirmed, submission.due_minor) {
        Next::Answer(answer) => answer,
        Next::ShowAgain(notice) => show_form(&app, &desk, notice).await,
    }
}

/// An item as the contract writes it. The name is the other page's affair: ours comes from the catalogue.
#[derive(Deserialize)]
struct Item {
    purchasable_price_uid: Uuid,
    billing_period: Option<String>,
    currency: Option<String>,
    price: Option<Value>,
}

fn cart_of(desk: &Desk) -> Result<Vec<CartItem>, FormRefusal> {
    let said = desk.address.get("cart_items").ok_or(FormRefusal::LinkIncomplete)?;
    let items: Vec<Item> = serde_json::from_str(said).map_err(|_| FormRefusal::LinkIncomplete)?;
    let item = |item: Item| CartItem {
        uid: item.purchasable_price_uid,
        shown_price: match item.price {
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        payment_type: item.billing_period.as_deref().and_then(read_payment_type),
        currency: item.currency,
    };
    Ok(items.into_iter().map(item).collect())
}

async fn show_form(app: &App, desk: &Desk, notice: Option<PaymentNotice>) -> Response {
    let cart = match cart_of(desk) {
        Ok(cart) => cart,
        Err(refusal) => return desk.refuse(app, refusal),
    };
    if let Some(form) = desk.address.form() {
        match quote_rest(app, &desk.party, form).await {
            Ok(CartRest::All) => {}
            Ok(CartRest::Left(quote)) => {
                return desk.show_form(app, &page_of(app, desk, &quote, notice));
            }
            Ok(CartRest::Nothing) => return desk.arrive(form),
            Err(error) => return refused(app, desk, &error),
        }
    }
    match quote_purchase(app, &desk.party, &cart).await {
        Ok(quote) => desk.show_form(app, &page_of(app, desk, &quote, notice)),
        Err(error) => refused(app, desk, &error),
    }
}

fn page_of(
    app: &App,
    desk: &Desk,
    quote: &PurchaseQuote,
    payment_notice: Option<PaymentNotice>,
) -> PurchaseFormPage {
    let mut asked = desk.address.fields();
    asked.extend([
        ("due", quote.due.amount_minor.to_string()),
        ("next", quote.total.amount_minor.to_string()),
        ("prices", said_prices(&quote.prices())),
        ("from", app.now().as_second().to_string()),
    ]);
    let other_prices = quote.differs.then_some(PurchaseNotice::OtherPrices);
    PurchaseFormPage {
        asked,
        items: quote.items.iter().map(|(product, price)| item_of(app, product, price)).collect(),
        due_today: quote.due,
        replaces: quote.replaces.iter().flatten().next().map(|(_, product)| product.name.clone()),
        pays: pays(app, quote),
        offers_another_card: is_about_the_card(payment_notice) && quote.card.is_some(),
        notice: payment_notice.map(PurchaseNotice::Payment).or(other_prices),
    }
}

fn item_of(app: &App, product: &Product, price: &Price) -> PurchaseItem {
    let ends = |term: Term| term.span().and_then(|span| span.after(app.now(), 1).ok()).map(date_of);
    let billing = match (price.term, ends(price.term)) {
        _ if price.amount.is_zero() => Billing::Free,
        (Term::Recurring(every), Some(next_on)) => {
            let next_amount = price.amount;
            Billing::Recurring { every, next_amount, next_on, afterwards: None, bound_until: None }
        }
        (Term::Fixed(lasts) | Term::Recurring(lasts), until) => Billing::FixedTerm { lasts, until },
        (Term::Lifetime, _) => Billing::Lifetime,
    };
    PurchaseItem {
        name: product.name.clone(),
        description: product.description.clone(),
        included: included_in(product),
        line: line_of(&product.name, price.amount, price.term),
        billing,
    }
}

fn pays(app: &App, quote: &PurchaseQuote) -> Pays {
    match &quote.card {
        _ if !quote.is_charged || quote.due.is_zero() => Pays::NotHere,
        Some(method) => Pays::Card(SavedCard::of(&method.card, app.now())),
        None => Pays::AtStripe,
    }
}
