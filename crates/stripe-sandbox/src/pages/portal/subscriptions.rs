//! The portal's subscriptions: cancel, keep, change.

use std::rc::Rc;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::money::format_amount;
use super::super::response::{bad_form, page};
use super::pages::{CancelPage, ChangePage, Choice, ConfirmPage, Frame, SubscriptionRow};
use super::{Visit, afterwards, answer, day, in_session, invoices};
use crate::ApiError;
use crate::billing::subscription;
use crate::fields::Fields;
use crate::present;
use crate::resources::{invoice_previews, subscription_update, subscriptions};
use crate::sandbox::Sandbox;
use crate::store::Tx;

/// What a subscription's buttons post.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(in crate::pages) enum Action {
    /// End it, with its period or at once, as the portal is configured.
    Cancel,
    /// Let it go on after all.
    Resume,
    /// Change what it is for.
    Change,
}

/// What a subscription's forms post.
#[derive(Deserialize)]
pub(in crate::pages) struct ActionForm {
    action: Action,
    #[serde(default)]
    feedback: String,
    #[serde(default)]
    comment: String,
    #[serde(flatten)]
    wish: Wish,
}

/// What a subscription shall change to; nothing when the flow says it.
#[derive(Default, Deserialize)]
pub(in crate::pages) struct Wish {
    price: Option<String>,
    quantity: Option<String>,
}

impl Wish {
    fn quantity(&self) -> Option<i64> {
        self.quantity.as_ref().and_then(|typed| typed.trim().parse().ok())
    }
}

/// `POST /p/session/{session}/subscriptions/{subscription}`
pub(in crate::pages) async fn act(
    State(sandbox): State<Sandbox>,
    Path((session, subscription)): Path<(String, String)>,
    form: Result<Form<ActionForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let changed = in_session(&sandbox, &session, |tx, visit| {
        let before = own(tx, visit, &subscription)?;
        match form.action {
            Action::Cancel => cancel(tx, visit, before, &form),
            Action::Resume => {
                let keep = json!({ "cancel_at_period_end": false });
                subscription_update::run(tx, &before, &keep)?;
                Ok(visit.address())
            }
            Action::Change => change(tx, visit, &before, &form.wish),
        }
    });
    afterwards(&sandbox, &session, changed.await).await
}

fn own(tx: &Tx<'_>, visit: &Visit, id: &str) -> Result<Value, ApiError> {
    let found = subscription_update::live(tx, id, "subscription")?;
    if found.text("customer") == Some(visit.customer.id()) {
        return Ok(found);
    }
    Err(ApiError::no_such("subscription", id, "subscription"))
}

fn cancel(tx: &Tx<'_>, visit: &Visit, before: Value, form: &ActionForm) -> Result<String, ApiError> {
    visit.expect("subscription_cancel")?;
    let feature = visit.configuration.copy("features.subscription_cancel");
    let mut parameters = json!({});
    for (name, given) in [("feedback", &form.feedback), ("comment", &form.comment)] {
        if !given.trim().is_empty() {
            parameters.put(&format!("cancellation_details.{name}"), given.trim());
        }
    }
    if feature.text("mode") == Some("immediately") {
        let proration = feature.text("proration_behavior");
        parameters.put("prorate", proration != Some("none"));
        parameters.put("invoice_now", proration == Some("always_invoice"));
        subscriptions::cancel_now(tx, before, &parameters)?;
    } else {
        parameters.put("cancel_at_period_end", true);
        subscription_update::run(tx, &before, &parameters)?;
    }
    visit.go_on(tx, &["subscription_cancel"])
}

/// Changes a subscription once it is paid. A bank that asks is answered first; a refused card changes nothing.
fn change(tx: &Tx<'_>, visit: &Visit, before: &Value, wish: &Wish) -> Result<String, ApiError> {
    visit.expect("subscription_update")?;
    let mut parameters = change_of(tx, visit, before, wish)?;
    parameters.put("payment_behavior", "pending_if_incomplete");
    let changed = subscription_update::run(tx, before, &parameters)?;
    let then = visit.go_on(tx, &["subscription_update", "subscription_update_confirm"])?;
    if changed.field("pending_update").is_none() {
        return Ok(then);
    }
    let invoice = tx.linked("invoice", changed.text("latest_invoice").unwrap_or_default())?;
    let intent = tx.linked("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
    match intent.text("status") {
        Some("requires_action") => invoices::challenge(tx, visit, &invoice, &then),
        Some("processing") => Ok(then),
        _ => Err(ApiError::request("Your card was declined, and nothing was changed.")),
    }
}

/// The update that a change asks for.
fn change_of(tx: &Tx<'_>, visit: &Visit, before: &Value, wish: &Wish) -> Result<Value, ApiError> {
    let feature = visit.configuration.copy("features.subscription_update");
    let mut parameters = json!({
        "items": items_of_change(tx, visit, before, wish)?,
        "proration_behavior": feature.copy("proration_behavior"),
    });
    if feature.text("billing_cycle_anchor") == Some("now") {
        parameters.put("billing_cycle_anchor", "now");
    }
    let trialing = before.text("status") == Some("trialing");
    if trialing && feature.text("trial_update_behavior") == Some("end_trial") {
        parameters.put("trial_end", "now");
    }
    Ok(parameters)
}

fn items_of_change(tx: &Tx<'_>, visit: &Visit, before: &Value, wish: &Wish) -> Result<Value, ApiError> {
    let items = present::subscription_items(tx, before.id())?;
    let Some(price) = &wish.price else {
        return Ok(visit.session.copy("flow.subscription_update_confirm.items"));
    };
    let [item] = &items[..] else {
        return Err(ApiError::request("A subscription to several things cannot be changed here."));
    };
    if offered(tx, visit)?.iter().all(|(known, _)| known.id() != price) {
        return Err(ApiError::no_such("price", price, "price"));
    }
    let quantity = wish.quantity().or(item.integer("quantity"));
    Ok(json!([{ "id": item.id(), "price": price, "quantity": quantity }]))
}

/// The prices that the portal offers, and whether their quantity may be chosen.
fn offered(tx: &Tx<'_>, visit: &Visit) -> Result<Vec<(Rc<Value>, bool)>, ApiError> {
    let mut prices = Vec::new();
    for product in visit.configuration.elements("features.subscription_update.products") {
        for price in product.elements("prices").iter().filter_map(Value::as_str) {
            prices.push((tx.linked("price", price)?, product.flag("adjustable_quantity.enabled")));
        }
    }
    Ok(prices)
}

/// `GET /p/session/{session}/subscriptions/{subscription}/cancel`
pub(in crate::pages) async fn ask_to_cancel(
    State(sandbox): State<Sandbox>,
    Path((session, subscription)): Path<(String, String)>,
) -> Response {
    let shown = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("subscription_cancel")?;
        let shown = cancel_page(tx, visit, Frame::of(visit, None), &subscription)?;
        Ok(page(StatusCode::OK, &shown, visit.leads_to()))
    });
    answer(shown.await)
}

/// `GET /p/session/{session}/subscriptions/{subscription}/change`: what there is to change to, or what the one costs
/// that was chosen.
pub(in crate::pages) async fn ask_to_change(
    State(sandbox): State<Sandbox>,
    Path((session, subscription)): Path<(String, String)>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let Query(wish) = query.unwrap_or_default();
    let shown = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("subscription_update")?;
        let frame = Frame::of(visit, None);
        Ok(if wish.price.is_some() {
            let shown = confirm_page(tx, visit, frame, &subscription, wish.price.clone(), wish.quantity())?;
            page(StatusCode::OK, &shown, visit.leads_to())
        } else {
            page(StatusCode::OK, &change_page(tx, visit, frame, &subscription)?, visit.leads_to())
        })
    });
    answer(shown.await)
}

pub(super) fn cancel_page(
    tx: &Tx<'_>,
    visit: &Visit,
    frame: Frame,
    id: &str,
) -> Result<CancelPage, ApiError> {
    let found = own(tx, visit, id)?;
    let feature = visit.configuration.copy("features.subscription_cancel");
    let consequence = if feature.text("mode") == Some("immediately") {
        "It ends at once.".to_owned()
    } else {
        format!(
            "It can be used until {}, and is not renewed then.",
            day(subscription::period_end(tx, &found)?)
        )
    };
    let asks = feature.flag("cancellation_reason.enabled");
    let reasons = feature.elements("cancellation_reason.options").iter().filter_map(Value::as_str);
    let reasons = reasons.map(|reason| (reason.to_owned(), reason.replace('_', " ")));
    Ok(CancelPage {
        frame,
        subscription: row(tx, visit, &found)?,
        consequence,
        reasons: reasons.filter(|_| asks).collect(),
    })
}

pub(super) fn change_page(
    tx: &Tx<'_>,
    visit: &Visit,
    frame: Frame,
    id: &str,
) -> Result<ChangePage, ApiError> {
    let found = own(tx, visit, id)?;
    let items = present::subscription_items(tx, found.id())?;
    let mut choices = Vec::new();
    for (price, adjustable) in offered(tx, visit)? {
        let current = items.iter().find(|item| item.text("price") == Some(price.id()));
        if current.is_some() && !adjustable {
            continue;
        }
        let quantity = items.first().and_then(|item| item.integer("quantity")).filter(|_| adjustable);
        choices.push(Choice { label: price_label(tx, &price)?, price: price.id().to_owned(), quantity });
    }
    Ok(ChangePage { frame, subscription: row(tx, visit, &found)?, choices })
}

pub(super) fn confirm_page(
    tx: &Tx<'_>,
    visit: &Visit,
    frame: Frame,
    id: &str,
    price: Option<String>,
    quantity: Option<i64>,
) -> Result<ConfirmPage, ApiError> {
    let found = own(tx, visit, id)?;
    let wish = Wish { price, quantity: quantity.map(|quantity| quantity.to_string()) };
    let parameters = change_of(tx, visit, &found, &wish)?;
    let preview = invoice_previews::preview(tx, &json!({ "subscription": id }), &parameters)?;
    let mut changes = Vec::new();
    for item in parameters.elements("items") {
        let Some(price) = item.text("price") else { continue };
        let price = tx.linked("price", price)?;
        changes.push(format!("{} × {}", item.integer("quantity").unwrap_or(1), price_label(tx, &price)?));
    }
    let now = preview.amount("created") <= tx.now();
    Ok(ConfirmPage {
        frame,
        subscription: row(tx, visit, &found)?,
        changes,
        price: wish.price,
        quantity,
        lines: invoices::lines(&preview),
        due_label: if now {
            "Due now".to_owned()
        } else {
            format!("Due on {}", day(preview.amount("created")))
        },
        due: format_amount(preview.amount("amount_due"), preview.text("currency").unwrap_or_default()),
    })
}

pub(super) fn row(tx: &Tx<'_>, visit: &Visit, found: &Value) -> Result<SubscriptionRow, ApiError> {
    let items = present::subscription_items(tx, found.id())?;
    let mut names = Vec::new();
    for item in &items {
        let price = tx.linked("price", item.text("price").unwrap_or_default())?;
        names.push(format!("{} × {}", item.amount("quantity"), price_label(tx, &price)?));
    }
    let end = found.integer("cancel_at");
    let date = day(end.map_or_else(|| subscription::period_end(tx, found), Ok)?);
    Ok(SubscriptionRow {
        id: found.id().to_owned(),
        summary: names.join("; "),
        until: if end.is_some() { format!("Ends on {date}") } else { format!("Renews on {date}") },
        ending: end.is_some(),
        cancelable: visit.offers("subscription_cancel"),
        changeable: visit.offers("subscription_update") && items.len() == 1,
    })
}

/// Such as `Phone plan, €14.50 a month`.
fn price_label(tx: &Tx<'_>, price: &Value) -> Result<String, ApiError> {
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    let amount = format_amount(price.amount("unit_amount"), price.text("currency").unwrap_or_default());
    let interval = price.text("recurring.interval").unwrap_or_default();
    let rhythm = match price.amount("recurring.interval_count") {
        0 | 1 => format!("a {interval}"),
        count => format!("every {count} {interval}s"),
    };
    Ok(format!("{}, {amount} {rhythm}", product.text("name").unwrap_or_default()))
}
