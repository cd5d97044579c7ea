//! Payment intents: <https://docs.stripe.com/api/payment_intents>.

use perennial_core::ports::{
    AttemptFailure, AttemptState, MoneyBack, PaymentAttempt, PaymentsError, RefusalKind,
};
use perennial_domain::PaymentFailure;
use serde::Deserialize;

use super::disputes;
use super::shapes::{Identified, Link, nonsense, time};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

const ONE: &str = "/v1/payment_intents/{id}";

/// What a bank says when it wants to ask the customer first.
const AUTHENTICATION_REQUIRED: &str = "authentication_required";

/// What it says when the customer was asked, and did not prove who they are
/// (<https://docs.stripe.com/error-codes#payment-intent-authentication-failure>).
const AUTHENTICATION_FAILED: &str = "payment_intent_authentication_failure";

/// After these Stripe never charges the same card again by itself
/// (<https://docs.stripe.com/billing/revenue-recovery/smart-retries>).
const FINAL_DECLINES: [&str; 8] = [
    "highest_risk_level",
    "incorrect_number",
    "lost_card",
    "pickup_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "transaction_not_allowed",
];

/// What is true of a payment intent now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<PaymentAttempt, PaymentsError> {
    find(client, id).await?.into_port()
}

/// Announces that the customer is there to be asked.
///
/// Without an idempotency key: the intent itself takes the money only once, and a customer who came back without an
/// answer has to be asked anew.
pub(crate) async fn confirm(
    client: &Client,
    id: &str,
    return_url: &str,
) -> Result<PaymentAttempt, PaymentsError> {
    let found = find(client, id).await?;
    if !found.wants_the_customer() {
        return found.into_port();
    }
    let form = Form::new()
        .with("return_url", return_url)
        .with_some("payment_method", found.refused_method())
        .expanding(&["latest_charge"]);
    let call = Call::post("/v1/payment_intents/{id}/confirm").on(id).with(form);
    match client.send::<PaymentIntentObject>(&call).await {
        Ok(confirmed) => confirmed.into_port(),
        // The card was declined, or the money came meanwhile: either way the intent tells it.
        Err(PaymentsError::Refused(refusal)) if refusal.kind != RefusalKind::Credentials => {
            retrieve(client, id).await
        }
        Err(error) => Err(error),
    }
}

/// What of a payment went back. The charge that took the money is the latest one: the ones before it failed.
pub(crate) async fn money_back(client: &Client, id: &str) -> Result<MoneyBack, PaymentsError> {
    let Some(charge) = find(client, id).await?.latest_charge else {
        return Ok(MoneyBack { refunded_minor: 0, dispute: None });
    };
    let charge = charge.expanded("charge")?;
    let dispute = if charge.disputed { disputes::of_payment(client, id).await? } else { None };
    Ok(MoneyBack { refunded_minor: charge.amount_refunded, dispute })
}

async fn find(client: &Client, id: &str) -> Result<PaymentIntentObject, PaymentsError> {
    let form = Form::new().expanding(&["latest_charge"]);
    client.send(&Call::get(ONE).on(id).with(form)).await
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct PaymentIntentObject {
    status: Option<String>,
    payment_method: Option<Link<Identified>>,
    last_payment_error: Option<ErrorObject>,
    next_action: Option<NextAction>,
    latest_charge: Option<Link<ChargeObject>>,
}

#[derive(Debug, Deserialize)]
struct ErrorObject {
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    payment_method: Option<Link<Identified>>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<Redirect>,
}

#[derive(Debug, Deserialize)]
struct Redirect {
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ChargeObject {
    created: i64,
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    disputed: bool,
}

impl ErrorObject {
    fn code(&self) -> &str {
        self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or("unknown")
    }

    /// An intent that was charged without the customer and wants them, is left like one that was declined.
    fn wants_the_customer(&self) -> bool {
        self.code.as_deref() != Some(AUTHENTICATION_FAILED)
            && [&self.code, &self.decline_code]
                .into_iter()
                .flatten()
                .any(|code| code == AUTHENTICATION_REQUIRED)
    }
}

impl PaymentIntentObject {
    fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }

    fn wants_the_customer(&self) -> bool {
        self.is("requires_action")
            || self.is("requires_confirmation")
            || (self.is("requires_payment_method")
                && self.last_payment_error.as_ref().is_some_and(ErrorObject::wants_the_customer))
    }

    /// The card that the intent lost when its bank wanted the customer.
    fn refused_method(&self) -> Option<&str> {
        if !self.is("requires_payment_method") {
            return None;
        }
        Some(self.last_payment_error.as_ref()?.payment_method.as_ref()?.id())
    }

    fn into_port(self) -> Result<PaymentAttempt, PaymentsError> {
        let bank_url = || self.next_action.as_ref()?.redirect_to_url.as_ref()?.url.clone();
        let state = match self.status.as_deref() {
            _ if self.wants_the_customer() => AttemptState::NeedsConfirmation { bank_url: bank_url() },
            Some("requires_payment_method") => AttemptState::NeedsPaymentMethod,
            Some("processing" | "requires_capture") => AttemptState::Processing,
            Some("succeeded") => AttemptState::Succeeded,
            Some("canceled") => AttemptState::Canceled,
            other => return Err(nonsense(format!("{other:?} is no status of a payment intent"))),
        };
        let refused = self.last_payment_error.as_ref().and_then(|error| error.payment_method.as_ref());
        let payment_method = self.payment_method.as_ref().or(refused).map(|method| method.id().to_owned());
        let failure = self.last_payment_error.map(|error| AttemptFailure {
            is_final: FINAL_DECLINES.contains(&error.code()),
            failure: PaymentFailure {
                code: error.code().to_owned(),
                message: error.message.unwrap_or_default(),
            },
        });
        let last_charged_at = match self.latest_charge {
            Some(charge) => Some(time(charge.expanded("charge")?.created)?),
            None => None,
        };
        Ok(PaymentAttempt { state, failure, payment_method_id: payment_method, last_charged_at })
    }
}
