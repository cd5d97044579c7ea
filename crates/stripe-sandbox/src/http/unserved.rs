//! Parameters that Stripe acts on and the sandbox does not. They are refused by name: a caller who was answered as if
//! they counted would learn of it only at Stripe.

use serde_json::{Value, json};

use super::error::ApiError;
use crate::fields::Fields;

const UNSERVED_IN_PORTALS: [&str; 4] = [
    "features.subscription_pause.enabled",
    "features.subscription_update.schedule_at_period_end.conditions",
    "features.payment_method_update.payment_method_configuration",
    "login_page.enabled",
];

const UNSERVED_IN_QUOTES: [&str; 7] = [
    "application_fee_amount",
    "application_fee_percent",
    "automatic_tax.enabled",
    "from_quote",
    "on_behalf_of",
    "subscription_data.effective_date",
    "transfer_data",
];

/// By `METHOD path`, the dotted names of what is refused.
const UNSERVED: [(&str, &[&str]); 23] = [
    (
        "POST /v1/checkout/sessions",
        &[
            "after_expiration.recovery.enabled",
            "automatic_tax.enabled",
            "custom_fields",
            "managed_payments.enabled",
            "optional_items",
            "payment_intent_data.application_fee_amount",
            "payment_intent_data.capture_method",
            "payment_intent_data.on_behalf_of",
            "payment_intent_data.transfer_data",
            "phone_number_collection.enabled",
            "shipping_address_collection",
            "shipping_options",
            "subscription_data.application_fee_percent",
            "subscription_data.billing_cycle_anchor",
            "subscription_data.billing_cycle_anchor_config",
            "subscription_data.default_tax_rates",
            "subscription_data.on_behalf_of",
            "subscription_data.pending_invoice_item_interval",
            "subscription_data.transfer_data",
            "tax_id_collection.enabled",
        ],
    ),
    ("POST /v1/checkout/sessions/{id}", &["collected_information", "line_items", "shipping_options"]),
    ("POST /v1/customers", &["balance", "cash_balance", "tax_id_data"]),
    ("POST /v1/customers/{id}", &["balance", "cash_balance"]),
    (
        "POST /v1/invoices",
        &[
            "application_fee_amount",
            "automatic_tax.enabled",
            "from_invoice",
            "on_behalf_of",
            "shipping_cost",
            "subscription",
            "transfer_data",
        ],
    ),
    ("POST /v1/invoiceitems", &["discounts", "price_data", "subscription"]),
    (
        "POST /v1/payment_intents",
        &["application_fee_amount", "confirmation_token", "on_behalf_of", "transfer_data"],
    ),
    (
        "POST /v1/prices",
        &["currency_options", "custom_unit_amount", "recurring.meter", "tiers", "transform_quantity"],
    ),
    ("POST /v1/setup_intents", &["attach_to_self", "confirmation_token", "flow_directions", "on_behalf_of"]),
    ("GET /v1/subscriptions", &["automatic_tax", "current_period_end", "current_period_start"]),
    (
        "POST /v1/subscriptions",
        &[
            "application_fee_percent",
            "automatic_tax.enabled",
            "backdate_start_date",
            "billing_cycle_anchor",
            "billing_cycle_anchor_config",
            "billing_schedules",
            "billing_thresholds",
            "on_behalf_of",
            "pending_invoice_item_interval",
            "transfer_data",
            "trial_from_plan",
        ],
    ),
    (
        "POST /v1/subscriptions/{id}",
        &["automatic_tax.enabled", "billing_thresholds", "payment_settings", "transfer_data"],
    ),
    ("POST /v1/subscription_schedules", &["default_settings", "pause_schedules"]),
    ("POST /v1/subscription_schedules/{id}", &["default_settings", "pause_schedules"]),
    ("POST /v1/subscription_schedules/{id}/cancel", &["invoice_now", "prorate"]),
    (
        "POST /v1/invoices/create_preview",
        &[
            "automatic_tax.enabled",
            "schedule",
            "schedule_details",
            "subscription_details.billing_schedules",
            "subscription_details.cancel_now",
            "subscription_details.pause",
            "subscription_details.resume_at",
            "subscription_details.start_date",
        ],
    ),
    (
        "POST /v1/billing_portal/sessions",
        &[
            "after_expiration",
            "flow_data.subscription_cancel.retention",
            "flow_data.subscription_pause",
            "flow_data.subscription_update_confirm.discounts",
            "on_behalf_of",
        ],
    ),
    ("POST /v1/billing_portal/configurations", &UNSERVED_IN_PORTALS),
    ("POST /v1/billing_portal/configurations/{id}", &UNSERVED_IN_PORTALS),
    ("POST /v1/plans", &["amount_decimal", "meter", "tiers", "transform_usage"]),
    ("POST /v1/quotes", &UNSERVED_IN_QUOTES),
    ("POST /v1/quotes/{id}", &UNSERVED_IN_QUOTES),
    ("POST /v1/credit_notes", &["email_type", "refunds", "shipping_cost"]),
];

/// Refuses the first parameter of a call that would have no effect here. What is off, empty or zero asks for nothing.
pub(super) fn refuse(method: &str, path: &str, parameters: &Value) -> Result<(), ApiError> {
    let call = format!("{method} {path}");
    let names = UNSERVED.iter().find(|(known, _)| *known == call).map_or(&[][..], |(_, names)| *names);
    let asks = |name: &&&str| parameters.field(name).is_some_and(|value| !asks_for_nothing(value));
    match names.iter().find(asks) {
        None => Ok(()),
        Some(name) => {
            let param = bracketed(name);
            let message = format!("The sandbox does not serve the parameter {param} yet.");
            Err(ApiError::invalid(&param, message).with_code("sandbox_unserved"))
        }
    }
}

fn asks_for_nothing(value: &Value) -> bool {
    [json!(false), json!(0), json!([]), json!({}), json!("")].contains(value)
}

/// `a.b` as the API writes it: `a[b]`.
fn bracketed(name: &str) -> String {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    parts.fold(first.to_owned(), |written, part| format!("{written}[{part}]"))
}
