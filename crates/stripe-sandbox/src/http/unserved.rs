//! Parameters that Stripe acts on and the sandbox does not. They are refused by name: a caller who was answered as if
//! they counted would learn of it only at Stripe.

use serde_json::{Value, json};

use super::error::ApiError;

const UNSERVED_IN_PORTALS: [&str; 4] = [
    "features.subscription_pause.enabled",
    "features.subscription_update.schedule_at_period_end.conditions",
    "features.payment_method_update.payment_method_configuration",
    "login_page.enabled",
];

const UNSERVED_IN_QUOTES: [&str; 8] = [
    "application_fee_amount",
    "application_fee_percent",
    "automatic_tax.enabled",
    "from_quote",
    "line_items.*.discounts",
    "on_behalf_of",
    "subscription_data.effective_date",
    "transfer_data",
];

const UNSERVED_IN_SCHEDULES: [&str; 17] = [
    "default_settings",
    "pause_schedules",
    "phases.*.add_invoice_items",
    "phases.*.application_fee_percent",
    "phases.*.automatic_tax.enabled",
    "phases.*.billing_thresholds",
    "phases.*.collection_method",
    "phases.*.default_payment_method",
    "phases.*.default_tax_rates",
    "phases.*.invoice_settings",
    "phases.*.items.*.billing_thresholds",
    "phases.*.items.*.discounts",
    "phases.*.items.*.tax_rates",
    "phases.*.on_behalf_of",
    "phases.*.transfer_data",
    "phases.*.trial",
    "phases.*.trial_end",
];

/// What no call takes: accounts of the newer kind in place of customers.
const UNSERVED_ANYWHERE: [&str; 1] = ["customer_account"];

/// By `METHOD path`, the dotted names of what is refused; `*` is every element of an array.
const UNSERVED: [(&str, &[&str]); 46] = [
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
            "payment_method_options",
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
            "account_tax_ids",
            "application_fee_amount",
            "automatic_tax.enabled",
            "automatically_finalizes_at",
            "custom_fields",
            "default_source",
            "effective_at",
            "from_invoice",
            "number",
            "on_behalf_of",
            "payment_settings",
            "rendering",
            "shipping_cost",
            "shipping_details",
            "subscription",
            "transfer_data",
        ],
    ),
    (
        "POST /v1/invoiceitems",
        &[
            "discounts",
            "price_data",
            "quantity_decimal",
            "subscription",
            "tax_behavior",
            "tax_code",
            "unit_amount_decimal",
        ],
    ),
    (
        "POST /v1/payment_intents",
        &[
            "application_fee_amount",
            "confirmation_token",
            "on_behalf_of",
            "payment_method_options",
            "transfer_data",
        ],
    ),
    (
        "POST /v1/prices",
        &["currency_options", "custom_unit_amount", "recurring.meter", "tiers", "transform_quantity"],
    ),
    (
        "POST /v1/setup_intents",
        &[
            "attach_to_self",
            "confirmation_token",
            "flow_directions",
            "on_behalf_of",
            "payment_method_options",
        ],
    ),
    ("POST /v1/setup_intents/{id}", &["payment_method_options"]),
    ("POST /v1/setup_intents/{id}/confirm", &["payment_method_options"]),
    ("GET /v1/subscriptions", &["automatic_tax", "current_period_end", "current_period_start"]),
    (
        "POST /v1/subscriptions",
        &[
            "add_invoice_items.*.discounts",
            "add_invoice_items.*.period",
            "application_fee_percent",
            "automatic_tax.enabled",
            "backdate_start_date",
            "billing_cycle_anchor",
            "billing_cycle_anchor_config",
            "billing_schedules",
            "billing_thresholds",
            "default_source",
            "invoice_settings",
            "items.*.billing_thresholds",
            "items.*.current_trial",
            "items.*.discounts",
            "on_behalf_of",
            "payment_settings.payment_method_options",
            "pending_invoice_item_interval",
            "transfer_data",
            "trial_from_plan",
        ],
    ),
    (
        "POST /v1/subscriptions/{id}",
        &[
            "add_invoice_items.*.discounts",
            "add_invoice_items.*.period",
            "application_fee_percent",
            "automatic_tax.enabled",
            "billing_schedules",
            "billing_thresholds",
            "default_source",
            "invoice_settings",
            "items.*.billing_thresholds",
            "items.*.clear_usage",
            "items.*.current_trial",
            "items.*.discounts",
            "on_behalf_of",
            "payment_settings",
            "pending_invoice_item_interval",
            "transfer_data",
            "trial_from_plan",
        ],
    ),
    ("POST /v1/subscription_schedules", &UNSERVED_IN_SCHEDULES),
    ("POST /v1/subscription_schedules/{id}", &UNSERVED_IN_SCHEDULES),
    ("POST /v1/subscription_schedules/{id}/cancel", &["invoice_now", "prorate"]),
    (
        "POST /v1/invoices/create_preview",
        &[
            "automatic_tax.enabled",
            "customer_details",
            "invoice_items.*.discounts",
            "invoice_items.*.period",
            "on_behalf_of",
            "schedule",
            "schedule_details",
            "subscription_details.billing_schedules",
            "subscription_details.cancel_now",
            "subscription_details.items.*.billing_thresholds",
            "subscription_details.items.*.clear_usage",
            "subscription_details.items.*.current_trial",
            "subscription_details.items.*.discounts",
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
    ("POST /v1/subscription_items", &["billing_thresholds", "current_trial", "discounts"]),
    ("POST /v1/subscription_items/{id}", &["billing_thresholds", "current_trial", "discounts"]),
    ("DELETE /v1/subscription_items/{id}", &["clear_usage"]),
    ("POST /v1/subscription_schedules/{id}/release", &["preserve_cancel_date"]),
    ("GET /v1/subscription_schedules", &["canceled_at", "completed_at", "released_at", "scheduled"]),
    (
        "POST /v1/invoices/{id}",
        &[
            "account_tax_ids",
            "application_fee_amount",
            "automatic_tax.enabled",
            "automatically_finalizes_at",
            "custom_fields",
            "default_source",
            "discounts",
            "effective_at",
            "number",
            "on_behalf_of",
            "payment_settings",
            "rendering",
            "shipping_cost",
            "shipping_details",
            "transfer_data",
        ],
    ),
    ("POST /v1/invoices/{id}/pay", &["forgive", "mandate", "source"]),
    (
        "POST /v1/invoiceitems/{id}",
        &[
            "discounts",
            "price",
            "price_data",
            "pricing",
            "quantity",
            "quantity_decimal",
            "tax_behavior",
            "tax_code",
            "unit_amount",
            "unit_amount_decimal",
        ],
    ),
    ("POST /v1/prices/{id}", &["currency_options"]),
    ("POST /v1/products", &["default_price_data.currency_options", "default_price_data.custom_unit_amount"]),
    ("POST /v1/refunds", &["customer", "origin", "refund_application_fee", "reverse_transfer"]),
    (
        "POST /v1/charges",
        &["application_fee", "application_fee_amount", "destination", "on_behalf_of", "transfer_data"],
    ),
    ("POST /v1/charges/{id}/capture", &["application_fee", "application_fee_amount", "transfer_data"]),
    ("POST /v1/payment_intents/{id}", &["application_fee_amount", "payment_method_options", "transfer_data"]),
    ("POST /v1/payment_intents/{id}/confirm", &["payment_method_options"]),
    ("POST /v1/payment_intents/{id}/capture", &["application_fee_amount", "transfer_data"]),
    ("POST /v1/webhook_endpoints", &["connect"]),
    ("GET /v1/balance_transactions", &["payout"]),
    ("GET /v1/checkout/sessions", &["payment_link"]),
    ("GET /v1/invoice_payments", &["payment.payment_record"]),
    ("GET /v1/setup_intents", &["attach_to_self"]),
    ("POST /v1/credit_notes", &["email_type", "lines.*.tax_amounts", "refunds", "shipping_cost"]),
];

/// Refuses the first parameter of a call that would have no effect here. What is off, empty, zero or left to Stripe asks for
/// nothing.
pub(super) fn refuse(method: &str, path: &str, parameters: &Value) -> Result<(), ApiError> {
    let call = format!("{method} {path}");
    let names = UNSERVED.iter().find(|(known, _)| *known == call).map_or(&[][..], |(_, names)| *names);
    let mut names = names.iter().chain(&UNSERVED_ANYWHERE);
    match names.find_map(|name| asked_for(parameters, name, "")) {
        None => Ok(()),
        Some(param) => {
            let message = format!("The sandbox does not serve the parameter {param} yet.");
            Err(ApiError::invalid(&param, message).with_code("sandbox_unserved"))
        }
    }
}

/// Where a dotted name asks for something, below the place that is written so far: `a.*.b` may be at `a[0][b]`.
fn asked_for(value: &Value, name: &str, place: &str) -> Option<String> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    if first == "*" {
        let mut elements = value.as_array()?.iter().enumerate();
        return elements.find_map(|(index, element)| asked_for(element, rest?, &format!("{place}[{index}]")));
    }
    let value = value.get(first)?;
    let place = if place.is_empty() { first.to_owned() } else { format!("{place}[{first}]") };
    match rest {
        Some(rest) => asked_for(value, rest, &place),
        None => (!asks_for_nothing(value)).then_some(place),
    }
}

fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Object(parts) => parts.values().all(asks_for_nothing),
        value => {
            [Value::Null, json!(false), json!(0), json!([]), json!(""), json!("automatic")].contains(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_star_is_found_in_every_element() {
        let given = json!({ "items": [{ "price": "a" }, { "discounts": [{ "coupon": "ten" }] }] });
        let name = "items.*.discounts";
        assert_eq!(asked_for(&given, name, "").as_deref(), Some("items[1][discounts]"));
        let cleared = json!({ "items": [{ "discounts": null }, { "discounts": [] }] });
        assert_eq!(asked_for(&cleared, name, ""), None);
    }

    #[test]
    fn calls_are_listed_once() {
        let mut calls: Vec<_> = UNSERVED.iter().map(|(call, _)| *call).collect();
        let listed = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), listed);
    }
}
