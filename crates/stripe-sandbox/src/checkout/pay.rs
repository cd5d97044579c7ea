//! Paying a session. The money comes first: only when its intent has succeeded does the order become real, in
//! [`super::complete`]. A refused card therefore leaves nothing behind but the record of the attempt.

use serde_json::{Value, json};

use super::complete;
use super::show::{card_required, redirect, state};
use super::view::{CheckoutState, PayInput, PayOutcome};
use crate::billing::payments::{self, Attempt, Presence};
use crate::billing::setups;
use crate::cards::{Behaviour, Refusal, entry};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::{customers, payment_methods};
use crate::store::Tx;

/// Pays with what was typed on the page.
pub(super) fn with_input(
    tx: &Tx<'_>,
    session_id: &str,
    input: &PayInput,
) -> Result<Option<PayOutcome>, ApiError> {
    let Some(mut session) = tx.find_kind("checkout.session", session_id)? else { return Ok(None) };
    if state(&session) != CheckoutState::Open {
        return Ok(Some(closed(&session)));
    }
    note_payer(tx, &mut session, input)?;
    let method = method_of(tx, &session, input)?;
    attempt(tx, session, method).map(Some)
}

/// Pays with a payment method that exists already, as the CLI's fixtures do.
pub(crate) fn with_method(tx: &Tx<'_>, mut session: Value, method: Value) -> Result<PayOutcome, ApiError> {
    if state(&session) != CheckoutState::Open {
        return Ok(closed(&session));
    }
    let payer = PayInput {
        email: method.owned("billing_details.email").unwrap_or_default(),
        name: method.owned("billing_details.name").unwrap_or_default(),
        ..PayInput::default()
    };
    note_payer(tx, &mut session, &payer)?;
    attempt(tx, session, Some(method))
}

/// A mistake on the form as the outcome it is; nothing for the sandbox's own faults.
pub(super) fn mistake(error: &ApiError) -> Option<PayOutcome> {
    (error.status().is_client_error()).then(|| PayOutcome::Declined {
        code: error.code().unwrap_or("invalid_request").to_owned(),
        decline_code: error.decline_code().map(str::to_owned),
        message: error.to_string(),
        param: error.param().map(str::to_owned),
    })
}

fn closed(session: &Value) -> PayOutcome {
    PayOutcome::Closed {
        state: state(session),
        redirect: redirect(session).filter(|_| state(session) == CheckoutState::Complete),
    }
}

/// Puts who pays on the session: the known customer's address, the one the seller filled in, or the one typed.
fn note_payer(tx: &Tx<'_>, session: &mut Value, input: &PayInput) -> Result<(), ApiError> {
    let customer =
        session.text("customer").map(|id| tx.linked("customer", id)).transpose()?.unwrap_or_default();
    let typed = Some(input.email.trim()).filter(|email| !email.is_empty());
    let email = customer.text("email").or(session.text("customer_email")).or(typed);
    let email = email
        .ok_or_else(|| ApiError::invalid("email", "Enter your e-mail address.").with_code("email_missing"))?;
    customers::check_email(&json!({ "email": email }))?;
    let name = Some(input.name.trim()).filter(|name| !name.is_empty()).or(customer.text("name"));
    session.put(
        "customer_details",
        json!({
            "address": {
                "city": null,
                "country": input.country,
                "line1": null,
                "line2": null,
                "postal_code": input.postal_code,
                "state": null,
            },
            "business_name": null,
            "email": email,
            "individual_name": null,
            "name": name,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": [],
        }),
    );
    Ok(())
}

fn method_of(tx: &Tx<'_>, session: &Value, input: &PayInput) -> Result<Option<Value>, ApiError> {
    if let Some(saved) = &input.saved_card {
        let method = tx.get("payment_method", saved, "saved_card")?;
        if method.text("customer").is_none() || method.text("customer") != session.text("customer") {
            return Err(ApiError::no_such("payment_method", saved, "saved_card"));
        }
        return Ok(Some(method));
    }
    if let Some(iban) = &input.iban {
        let details = json!({ "billing_details": session.copy("customer_details") });
        return payment_methods::add_debit(tx, iban, &details).map(Some);
    }
    if input.card_number.trim().is_empty() && !card_required(session) {
        return Ok(None);
    }
    let given = json!({
        "number": input.card_number,
        "exp_month": input.exp_month,
        "exp_year": input.exp_year,
        "cvc": input.cvc,
    });
    let card = entry::read(tx, &given)?;
    let details = json!({ "billing_details": session.copy("customer_details") });
    payment_methods::add(tx, &card, &details).map(Some)
}

fn attempt(tx: &Tx<'_>, mut session: Value, method: Option<Value>) -> Result<PayOutcome, ApiError> {
    let Some(mut method) = method else {
        ensure_customer(tx, &mut session)?;
        complete::without_intent(tx, session.clone())?;
        return Ok(PayOutcome::Paid { redirect: redirect(&session) });
    };
    let charges_now = session.text("mode") != Some("setup") && session.amount("amount_total") > 0;
    let refused = match payment_methods::behaviour(&method) {
        Behaviour::Declines(_) => true,
        Behaviour::DeclinesCharges(_) => charges_now,
        _ => false,
    };
    if !refused {
        ensure_customer(tx, &mut session)?;
    }
    let (intent, attempt) = if charges_now {
        let mut intent = payment_intent(tx, &mut session)?;
        let attempt = payments::confirm(tx, &mut intent, &mut method, Presence::OnSession)?;
        (intent, attempt)
    } else {
        let mut intent = setup_intent(tx, &mut session)?;
        let attempt = setups::confirm(tx, &mut intent, &mut method)?;
        (intent, attempt)
    };
    Ok(match attempt {
        Attempt::Succeeded => PayOutcome::Paid { redirect: redirect(&session) },
        Attempt::Processing => {
            let mut intent = intent;
            complete::under_way(tx, session.clone(), &mut intent)?;
            PayOutcome::Paid { redirect: redirect(&session) }
        }
        Attempt::Challenged => PayOutcome::ChallengeRequired { intent_id: intent.id().to_owned() },
        Attempt::Declined(refusal) => declined(&refusal),
    })
}

fn declined(refusal: &Refusal) -> PayOutcome {
    PayOutcome::Declined {
        code: refusal.code.to_owned(),
        decline_code: Some(refusal.decline_code.to_owned()),
        message: refusal.message.to_owned(),
        param: refusal.param.map(str::to_owned),
    }
}

/// Subscriptions and saved cards need a customer; single payments get one only when the session says so. A customer without
/// an address keeps the one that was typed (<https://docs.stripe.com/api/checkout/sessions/create>, `customer`).
fn ensure_customer(tx: &Tx<'_>, session: &mut Value) -> Result<(), ApiError> {
    if let Some(id) = session.text("customer") {
        let customer = tx.linked("customer", id)?;
        let typed = json!({ "email": session.copy("customer_details.email") });
        return match customer.text("email") {
            Some(_) => Ok(()),
            None => customers::change(tx, &customer, &typed).map(drop),
        };
    }
    let wanted = session.text("mode") == Some("subscription")
        || session.text("customer_creation") == Some("always")
        || session.field("_payment_intent_data.setup_future_usage").is_some();
    if !wanted {
        return Ok(());
    }
    let details = json!({
        "email": session.copy("customer_details.email"),
        "name": session.copy("customer_details.name"),
    });
    let customer = customers::insert(tx, &details)?;
    session.put("customer", customer.id());
    tx.save(session)
}

/// The session's payment intent, brought up to date with what is due now.
fn payment_intent(tx: &Tx<'_>, session: &mut Value) -> Result<Value, ApiError> {
    let earlier = session.text("_intent").map(|id| tx.find_kind("payment_intent", id)).transpose()?.flatten();
    let intent = if let Some(mut intent) = earlier {
        intent.put("amount", session.amount("amount_total"));
        intent.put("customer", session.copy("customer"));
        tx.save(&intent)?;
        intent
    } else {
        let more = intent_members(session);
        let currency = session.text("currency").unwrap_or_default();
        payments::open(tx, session.amount("amount_total"), currency, more)?
    };
    session.put("_intent", intent.id());
    if session.text("mode") == Some("payment") {
        session.put("payment_intent", intent.id());
    }
    tx.save(session)?;
    Ok(intent)
}

fn intent_members(session: &Value) -> Value {
    let mut more = json!({
        "customer": session.copy("customer"),
        "payment_method_types": session.copy("payment_method_types"),
        "_checkout_session": session.id(),
    });
    if session.text("mode") == Some("subscription") {
        more.put("description", "Subscription creation");
        more.put("setup_future_usage", "off_session");
        return more;
    }
    more.merge(session.copy("_payment_intent_data"));
    more
}

/// The session's setup intent: made with the session in setup mode, else when a card is kept for a trial.
fn setup_intent(tx: &Tx<'_>, session: &mut Value) -> Result<Value, ApiError> {
    let earlier = session.text("_intent").map(|id| tx.find_kind("setup_intent", id)).transpose()?.flatten();
    let mut intent = match earlier {
        Some(intent) => intent,
        None => setups::open(tx, json!({ "_checkout_session": session.id() }))?,
    };
    intent.put("customer", session.copy("customer"));
    tx.save(&intent)?;
    session.put("_intent", intent.id());
    tx.save(session)?;
    Ok(intent)
}
