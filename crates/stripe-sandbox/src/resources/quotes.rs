//! Quotes: what a customer is asked to accept, which becomes a subscription or an invoice once it is accepted:
//! <https://docs.stripe.com/api/quotes>.

use serde_json::{Value, json};

use super::{page_of, prices, subscriptions};
use crate::billing::discounts::{self, Redeemable};
use crate::billing::invoice::{self, Draft};
use crate::billing::payments::Presence;
use crate::billing::subscribe::{self, FirstPayment, NewItem, NewSubscription};
use crate::billing::{lines, subscription, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const CHANGEABLE: [&str; 5] = ["collection_method", "description", "expires_at", "footer", "header"];
/// How long a quote stands unless it says otherwise: 30 days.
const STANDS_SECONDS: i64 = 30 * 86_400;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/quotes", create)
        .get("/v1/quotes", list)
        .get("/v1/quotes/{id}", retrieve)
        .post("/v1/quotes/{id}", update)
        .post("/v1/quotes/{id}/finalize", finalize)
        .post("/v1/quotes/{id}/accept", accept)
        .post("/v1/quotes/{id}/cancel", cancel)
        .get("/v1/quotes/{id}/line_items", list_lines)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let customer = parameters.text("customer").map(|id| tx.get("customer", id, "customer")).transpose()?;
    let mut quote = blank(tx, customer.as_ref().unwrap_or(&Value::Null));
    quote.put("metadata", metadata::initial(parameters)?);
    take(tx, &mut quote, parameters)?;
    tx.insert(&quote)?;
    events::emit(tx, "quote.created", &quote)?;
    Ok(quote)
}

fn blank(tx: &Tx<'_>, customer: &Value) -> Value {
    json!({
        "id": ids::new_id("qt"),
        "object": "quote",
        "amount_subtotal": 0,
        "amount_total": 0,
        "application": null,
        "application_fee_amount": null,
        "application_fee_percent": null,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "collection_method": "charge_automatically",
        "computed": { "recurring": null, "upfront": null },
        "created": tx.now(),
        "currency": null,
        "customer": customer.field("id"),
        "customer_account": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "expires_at": tx.now() + STANDS_SECONDS,
        "footer": null,
        "from_quote": null,
        "header": null,
        "invoice": null,
        "invoice_settings": {
            "custom_fields": null,
            "days_until_due": null,
            "description": null,
            "footer": null,
            "issuer": { "type": "self" },
        },
        "livemode": false,
        "metadata": {},
        "number": null,
        "on_behalf_of": null,
        "status": "draft",
        "status_transitions": { "accepted_at": null, "canceled_at": null, "finalized_at": null },
        "subscription": null,
        "subscription_data": {
            "billing_mode": { "type": "classic" },
            "description": null,
            "effective_date": null,
            "metadata": {},
            "trial_period_days": null,
        },
        "subscription_schedule": null,
        "test_clock": customer.copy("test_clock"),
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "transfer_data": null,
        "_lines": [],
        "_offers": [],
    })
}

/// Takes over what was given and sums the quote up.
fn take(tx: &Tx<'_>, quote: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    copy_given(quote, parameters, &CHANGEABLE);
    if parameters.field("default_tax_rates").is_some() {
        quote.put("default_tax_rates", taxes::read(tx, parameters, "default_tax_rates")?);
    }
    for name in ["description", "metadata", "trial_period_days"] {
        if let Some(value) = parameters.field(&format!("subscription_data.{name}")) {
            quote.put(&format!("subscription_data.{name}"), value.clone());
        }
    }
    if let Some(days) = parameters.field("invoice_settings.days_until_due") {
        quote.put("invoice_settings.days_until_due", days.clone());
    }
    if parameters.field("discounts").is_some() {
        // Whether they can be redeemed is asked now, and again when the quote is accepted.
        discounts::read(tx, parameters)?;
        quote.put("_offers", parameters.copy("discounts"));
    }
    if parameters.field("line_items").is_some() {
        quote.put("_lines", read_lines(tx, parameters)?);
    }
    sum_up(tx, quote)
}

fn read_lines(tx: &Tx<'_>, parameters: &Value) -> Result<Vec<Value>, ApiError> {
    let given = parameters.elements("line_items").iter().enumerate();
    let line = |(index, given): (usize, &Value)| {
        let param = format!("line_items[{index}]");
        let data = given.field("price_data");
        let recurring = match (given.text("price"), data) {
            (Some(id), _) => tx.get("price", id, &format!("{param}[price]"))?.field("recurring").is_some(),
            (None, data) => data.is_some_and(|data| data.field("recurring").is_some()),
        };
        let price = subscriptions::read_price(tx, given, &param, recurring)?;
        let price = price.ok_or_else(|| ApiError::missing(&format!("{param}[price]")))?;
        let quantity = given.integer("quantity").unwrap_or(1);
        let product = tx.linked("product", price.text("product").unwrap_or_default())?;
        let total = prices::total(&price, quantity)?;
        Ok(json!({
            "id": ids::new_id("li"),
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0,
            "amount_subtotal": total,
            "amount_tax": 0,
            "amount_total": total,
            "currency": price.copy("currency"),
            "description": product.copy("name"),
            "metadata": {},
            "price": price.id(),
            "quantity": quantity,
        }))
    };
    given.map(line).collect()
}

/// Sums the lines up: what is paid at once, and what recurs.
fn sum_up(tx: &Tx<'_>, quote: &mut Value) -> Result<(), ApiError> {
    let lines = quote.elements("_lines").to_vec();
    let total: i64 = lines.iter().map(|line| line.amount("amount_total")).sum();
    let mut recurring = Value::Null;
    for line in &lines {
        let price = tx.linked("price", line.text("price").unwrap_or_default())?;
        if price.field("recurring").is_none() {
            continue;
        }
        let sum = recurring.amount("amount_total") + line.amount("amount_total");
        recurring = json!({
            "amount_subtotal": sum,
            "amount_total": sum,
            "interval": price.copy("recurring.interval"),
            "interval_count": price.copy("recurring.interval_count"),
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        });
    }
    quote.put("currency", lines.first().map_or(Value::Null, |line| line.copy("currency")));
    quote.put("amount_subtotal", total);
    quote.put("amount_total", total);
    let details = quote.copy("total_details");
    quote.put(
        "computed",
        json!({
            "recurring": recurring,
            "upfront": { "amount_subtotal": total, "amount_total": total, "total_details": details },
        }),
    );
    Ok(())
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("quote", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut quote = in_status(tx, request, &["draft", "open"])?;
    if let Some(id) = request.parameters.text("customer") {
        let customer = tx.get("customer", id, "customer")?;
        quote.put("customer", customer.id());
        quote.put("test_clock", customer.copy("test_clock"));
    }
    metadata::merge(&mut quote, &request.parameters)?;
    take(tx, &mut quote, &request.parameters)?;
    tx.save(&quote)?;
    Ok(quote)
}

/// Makes the quote stand.
fn finalize(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut quote = in_status(tx, request, &["draft"])?;
    if quote.field("customer").is_none() {
        return Err(ApiError::missing("customer"));
    }
    copy_given(&mut quote, &request.parameters, &["expires_at"]);
    quote.put("number", format!("QT-{}-0001-1", ids::letters(8).to_uppercase()));
    move_to(tx, quote, "open", "finalized_at", "quote.finalized")
}

fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let quote = in_status(tx, request, &["draft", "open"])?;
    move_to(tx, quote, "canceled", "canceled_at", "quote.canceled")
}

/// Turns the quote into what it promises.
fn accept(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut quote = in_status(tx, request, &["open"])?;
    let customer = tx.linked_copy("customer", quote.text("customer").unwrap_or_default())?;
    let redeemables = discounts::read(tx, &json!({ "discounts": quote.copy("_offers") }))?;
    let mut all = Vec::new();
    for line in quote.elements("_lines") {
        let price = tx.linked_copy("price", line.text("price").unwrap_or_default())?;
        let quantity = line.amount("quantity");
        all.push(NewItem { price, quantity, metadata: json!({}), tax_rates: json!([]), discountable: true });
    }
    let (items, extras): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|item| item.price.field("recurring").is_some());
    if items.is_empty() {
        let invoice = invoice_for(tx, &quote, &customer, &extras, &redeemables)?;
        quote.put("invoice", invoice.id());
    } else {
        let subscription = subscribe_to(tx, &quote, customer, items, extras, redeemables)?;
        quote.put("subscription", subscription.id());
    }
    move_to(tx, quote, "accepted", "accepted_at", "quote.accepted")
}

fn subscribe_to(
    tx: &Tx<'_>,
    quote: &Value,
    customer: Value,
    items: Vec<NewItem>,
    extras: Vec<NewItem>,
    redeemables: Vec<Redeemable>,
) -> Result<Value, ApiError> {
    let data = quote.copy("subscription_data");
    let sent = quote.text("collection_method") == Some("send_invoice");
    let payable = !sent && customer.field("invoice_settings.default_payment_method").is_some();
    let new = NewSubscription {
        items,
        extras,
        redeemables,
        trial_end: subscription::trial_end(tx, &data, "subscription_data")?,
        more: json!({
            "collection_method": quote.copy("collection_method"),
            "days_until_due": quote.copy("invoice_settings.days_until_due"),
            "default_tax_rates": quote.copy("default_tax_rates"),
            "description": data.copy("description"),
            "metadata": data.copy("metadata"),
        }),
        customer,
    };
    let payment = if payable { FirstPayment::Now(Presence::OffSession) } else { FirstPayment::Later };
    subscribe::open(tx, &new, payment).map(|(subscription, _)| subscription)
}

/// A draft, which its owner finalizes, as at Stripe.
fn invoice_for(
    tx: &Tx<'_>,
    quote: &Value,
    customer: &Value,
    extras: &[NewItem],
    redeemables: &[Redeemable],
) -> Result<Value, ApiError> {
    let holder = discounts::Holder { customer: Some(customer.id()), ..discounts::Holder::default() };
    let discounts: Result<Vec<_>, _> =
        redeemables.iter().map(|redeemable| discounts::redeem(tx, redeemable, holder)).collect();
    let lines: Result<Vec<_>, _> =
        extras.iter().map(|item| lines::of_price(tx, &item.price, item.quantity)).collect();
    let draft = Draft {
        customer,
        subscription: None,
        reason: "manual",
        currency: quote.owned("currency").unwrap_or_default(),
        lines: lines?,
        discounts: discounts?,
        more: json!({
            "default_tax_rates": quote.copy("default_tax_rates"),
            "description": quote.copy("description"),
            "parent": {
                "quote_details": { "quote": quote.id() },
                "subscription_details": null,
                "type": "quote_details",
            },
        }),
    };
    invoice::draft(tx, draft)
}

fn in_status(tx: &Tx<'_>, request: &Request, expected: &[&str]) -> Result<Value, ApiError> {
    let quote = tx.get("quote", request.id(), "id")?;
    let status = quote.text("status").unwrap_or_default();
    if expected.contains(&status) {
        return Ok(quote);
    }
    Err(ApiError::request(format!("This is not possible while the quote's status is {status}.")))
}

fn move_to(
    tx: &Tx<'_>,
    mut quote: Value,
    status: &str,
    transition: &str,
    event: &str,
) -> Result<Value, ApiError> {
    quote.put("status", status);
    quote.put(&format!("status_transitions.{transition}"), tx.now());
    tx.save(&quote)?;
    events::emit(tx, event, &quote)?;
    Ok(quote)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("quote").with_parameters(parameters, &["customer", "status", "test_clock"]);
    select.page(tx, parameters, &request.path)
}

fn list_lines(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let quote = tx.get("quote", request.id(), "id")?;
    page_of(quote.elements("_lines"), &request.parameters, &request.path)
}
