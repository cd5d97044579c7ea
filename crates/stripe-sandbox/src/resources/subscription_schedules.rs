//! Subscription schedules: <https://docs.stripe.com/api/subscription_schedules>. Their work is done in
//! [`crate::billing::schedules`].

use serde_json::{Value, json};

use super::{subscription_phases, subscription_update};
use crate::billing::{schedules, subscription};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata, present};

const KIND: &str = "subscription_schedule";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/subscription_schedules", create)
        .get("/v1/subscription_schedules", list)
        .get("/v1/subscription_schedules/{id}", retrieve)
        .post("/v1/subscription_schedules/{id}", update)
        .post("/v1/subscription_schedules/{id}/cancel", cancel)
        .post("/v1/subscription_schedules/{id}/release", release)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    match parameters.text("from_subscription") {
        Some(id) => from_subscription(tx, id, parameters),
        None => from_phases(tx, parameters),
    }
}

/// A schedule for a subscription that is there; its first phase is the current period.
fn from_subscription(tx: &Tx<'_>, id: &str, parameters: &Value) -> Result<Value, ApiError> {
    if parameters.field("phases").is_some() {
        let message = "Give either `from_subscription` or `phases`; update the schedule to add phases.";
        return Err(ApiError::invalid("phases", message));
    }
    let mut subscription = subscription_update::live(tx, id, "from_subscription")?;
    if subscription.field("schedule").is_some() {
        return Err(ApiError::invalid("from_subscription", "The subscription has a schedule already."));
    }
    let (start, end) = subscription::period(tx, &subscription)?;
    let items: Vec<Value> = present::subscription_items(tx, id)?
        .iter()
        .map(|item| json!({ "price": item.copy("price"), "quantity": item.copy("quantity") }))
        .collect();
    let discounts: Vec<Value> =
        subscription.elements("discounts").iter().map(|id| json!({ "discount": id })).collect();
    let given = json!({ "items": items, "discounts": discounts, "start_date": start, "end_date": end });
    let phases = subscription_phases::read(tx, &[given], start)?;
    let mut schedule = new(tx, parameters, &subscription)?;
    schedule.put("status", "active");
    schedule.put("subscription", subscription.id());
    schedules::enter(&mut schedule, &phases[0]);
    schedule.put("phases", phases);
    tx.insert(&schedule)?;
    schedules::save(tx, &mut schedule)?;
    subscription.put("schedule", schedule.id());
    tx.save(&subscription)?;
    events::emit(tx, "subscription_schedule.created", &schedule)?;
    Ok(schedule)
}

/// A schedule that makes its subscription when the first phase begins.
fn from_phases(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let start = parameters.integer("start_date").unwrap_or(tx.now());
    let phases = subscription_phases::read(tx, parameters.elements("phases"), start)?;
    let first = phases.first().cloned().ok_or_else(|| ApiError::missing("phases"))?;
    let mut schedule =
        new(tx, parameters, &json!({ "customer": id, "test_clock": customer.copy("test_clock") }))?;
    schedule.put("phases", phases);
    tx.insert(&schedule)?;
    schedules::save(tx, &mut schedule)?;
    if start <= tx.now() {
        schedules::begin(tx, schedule.clone(), &first)?;
        schedule = tx.linked_copy(KIND, schedule.id())?;
    }
    events::emit(tx, "subscription_schedule.created", &schedule)?;
    Ok(schedule)
}

fn new(tx: &Tx<'_>, parameters: &Value, owner: &Value) -> Result<Value, ApiError> {
    Ok(json!({
        "id": ids::new_id("sub_sched"),
        "object": KIND,
        "application": null,
        "billing_mode": { "flexible": null, "type": "classic" },
        "canceled_at": null,
        "completed_at": null,
        "created": tx.now(),
        "current_phase": null,
        "customer": owner.copy("customer"),
        "customer_account": null,
        "default_settings": {
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": null,
            "collection_method": "charge_automatically",
            "default_payment_method": null,
            "description": null,
            "invoice_settings": {
                "account_tax_ids": null,
                "custom_fields": null,
                "days_until_due": null,
                "description": null,
                "footer": null,
                "issuer": { "type": "self" },
            },
            "on_behalf_of": null,
            "transfer_data": null,
        },
        "end_behavior": parameters.text("end_behavior").unwrap_or("release"),
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "pause_schedules": [],
        "phases": [],
        "released_at": null,
        "released_subscription": null,
        "status": "not_started",
        "subscription": null,
        "test_clock": owner.copy("test_clock"),
    }))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get(KIND, request.id(), "id")
}

/// Replaces the phases. What changes in the current one counts at once, by the update's own `proration_behavior`.
fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = open(tx, request.id())?;
    let parameters = &request.parameters;
    let mut schedule = before.clone();
    copy_given(&mut schedule, parameters, &["end_behavior"]);
    metadata::merge(&mut schedule, parameters)?;
    let mut changed_phase = None;
    if parameters.field("phases").is_some() {
        let start = before.integer("current_phase.start_date").unwrap_or(tx.now());
        let phases = subscription_phases::read(tx, parameters.elements("phases"), start)?;
        if before.text("status") == Some("active") {
            let current = phases
                .iter()
                .find(|phase| (phase.amount("start_date")..phase.amount("end_date")).contains(&tx.now()));
            let current = current.cloned().ok_or_else(|| {
                ApiError::invalid("phases", "One of the phases must be the one that the schedule is in now.")
            })?;
            schedules::enter(&mut schedule, &current);
            changed_phase = Some(current);
        }
        schedule.put("phases", phases);
    }
    schedules::save(tx, &mut schedule)?;
    if let Some(mut phase) = changed_phase {
        phase.put("proration_behavior", parameters.copy("proration_behavior"));
        phase.put("billing_cycle_anchor", Value::Null);
        schedules::apply(tx, &schedule, &phase)?;
    }
    events::emit_change(tx, "subscription_schedule.updated", &before, &schedule)?;
    Ok(schedule)
}

/// A schedule that has not ended.
fn open(tx: &Tx<'_>, id: &str) -> Result<Value, ApiError> {
    let schedule = tx.get(KIND, id, "id")?;
    let status = schedule.text("status").unwrap_or_default();
    if matches!(status, "active" | "not_started") {
        return Ok(schedule);
    }
    Err(ApiError::request(format!("This is not possible while the schedule's status is {status}.")))
}

/// Cancels the subscription, too.
fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let schedule = open(tx, request.id())?;
    match schedule.text("subscription") {
        Some(id) => {
            subscription::cancel_now(tx, &*tx.linked("subscription", id)?)?;
            tx.linked_copy(KIND, schedule.id())
        }
        None => schedules::mark_canceled(tx, schedule),
    }
}

fn release(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    schedules::release(tx, &open(tx, request.id())?)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    Select::of(KIND).with_parameters(parameters, &["customer"]).with_range(parameters, "created").page(
        tx,
        parameters,
        &request.path,
    )
}
