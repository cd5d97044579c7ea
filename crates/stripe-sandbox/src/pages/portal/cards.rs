//! The portal's cards: add one, choose the one that pays, take one away.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::card_name::card_name;
use super::super::response::bad_form;
use super::pages::CardRow;
use super::{Visit, afterwards, home, in_session};
use crate::ApiError;
use crate::fields::Fields;
use crate::resources::{customers, payment_methods, subscription_update};
use crate::sandbox::Sandbox;
use crate::store::{Select, Tx};

const CARDS_SHOWN: i64 = 20;

/// What the card's form posts.
#[derive(Deserialize)]
pub(in crate::pages) struct CardForm {
    #[serde(rename = "card_number")]
    number: String,
    #[serde(rename = "card_expiry")]
    expiry: String,
    #[serde(rename = "card_cvc")]
    security_code: String,
}

/// What a saved card's buttons post.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(in crate::pages) enum Action {
    /// It pays from now on.
    Default,
    /// It is forgotten.
    Remove,
}

/// The form of a saved card.
#[derive(Deserialize)]
pub(in crate::pages) struct ActionForm {
    action: Action,
}

/// `POST /p/session/{session}/card`
pub(in crate::pages) async fn add(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    form: Result<Form<CardForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let (month, year) = form.expiry.split_once('/').unwrap_or_default();
    // What is no number becomes month 0, which is refused as an expiry like any other wrong one.
    let number = |text: &str| text.trim().parse::<i64>().unwrap_or(0);
    let given = json!({
        "type": "card",
        "card": { "number": form.number, "exp_month": number(month), "exp_year": number(year), "cvc": form.security_code },
    });
    let changed = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("payment_method_update")?;
        let mut method = payment_methods::insert(tx, &given)?;
        method.put("_set_up", true);
        tx.save(&method)?;
        payment_methods::attach(tx, &mut method, visit.customer.id())?;
        pay_with(tx, visit, method.id())?;
        visit.go_on(tx, &["payment_method_update"])
    });
    afterwards(&sandbox, &session, changed.await).await
}

/// `POST /p/session/{session}/cards/{payment_method}`
pub(in crate::pages) async fn change(
    State(sandbox): State<Sandbox>,
    Path((session, method)): Path<(String, String)>,
    form: Result<Form<ActionForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let changed = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("payment_method_update")?;
        let method = tx.get("payment_method", &method, "id")?;
        if method.text("customer") != Some(visit.customer.id()) {
            return Err(ApiError::no_such("payment_method", method.id(), "payment_method"));
        }
        match form.action {
            Action::Default => pay_with(tx, visit, method.id())?,
            Action::Remove => remove(tx, visit, &method)?,
        }
        visit.go_on(tx, &["payment_method_update"])
    });
    afterwards(&sandbox, &session, changed.await).await
}

/// Lets a card pay from now on, also for the subscriptions that had one of their own.
fn pay_with(tx: &Tx<'_>, visit: &Visit, method: &str) -> Result<(), ApiError> {
    customers::make_default(tx, &visit.customer, method)?;
    for subscription in live(tx, visit)? {
        if subscription.field("default_payment_method").is_some() {
            subscription_update::run(tx, &subscription, &json!({ "default_payment_method": method }))?;
        }
    }
    Ok(())
}

/// Forgets a card, unless it is the one that pays for what runs.
fn remove(tx: &Tx<'_>, visit: &Visit, method: &Value) -> Result<(), ApiError> {
    let live = live(tx, visit)?;
    let pays_one = live.iter().any(|one| one.text("default_payment_method") == Some(method.id()));
    if pays_one || (!live.is_empty() && is_default(visit, method.id())) {
        return Err(ApiError::request("This card pays for a subscription. Choose another one first."));
    }
    payment_methods::take_off(tx, method).map(|_| ())
}

fn live(tx: &Tx<'_>, visit: &Visit) -> Result<Vec<Value>, ApiError> {
    let mut all = Select::of("subscription").with("customer", visit.customer.id().to_owned()).all(tx)?;
    all.retain(|one| !matches!(one.text("status"), Some("canceled" | "incomplete_expired")));
    Ok(all)
}

fn is_default(visit: &Visit, method: &str) -> bool {
    visit.customer.text("invoice_settings.default_payment_method") == Some(method)
}

pub(super) fn rows(tx: &Tx<'_>, visit: &Visit) -> Result<Vec<CardRow>, ApiError> {
    let methods = home::newest(tx, visit, "payment_method", CARDS_SHOWN)?;
    let row = |method: &Value| CardRow {
        id: method.id().to_owned(),
        label: label(method),
        is_default: is_default(visit, method.id()),
    };
    Ok(methods.iter().map(row).collect())
}

fn label(method: &Value) -> String {
    match method.text("sepa_debit.last4") {
        Some(last4) => format!("Bank account ending in {last4}"),
        None => card_name(
            method.text("card.brand").unwrap_or_default(),
            method.text("card.last4").unwrap_or_default(),
        ),
    }
}
