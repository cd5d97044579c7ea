//! `GET` and `DELETE /subscriptions/pending-payment` (contract §8.7, §8.8).

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use perennial_core::checkout::StartCheckoutError;
use perennial_core::organizations::{Pending, PendingError, find_pending, withdraw_pending};
use perennial_domain::{AmountUnits, Money};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

use crate::answer::{Answer, Data};
use crate::caller::{BillingCaller, Caller};
use crate::checkout_session::attempt_status;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::wire::{PlainId, Seconds, SentAsNull, currency, payment_status};

/// A payment that is not decided yet.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PendingPaymentData")]
pub(crate) struct PendingBody {
    id: String,
    /// Stripe's session.
    stripe_payment_id: String,
    /// In the smallest currency unit, unless the operator has it otherwise.
    #[schemars(with = "f64")]
    amount: Number,
    currency: String,
    #[schemars(extend("enum" = ["PENDING", "PROCESSING"]))]
    status: &'static str,
    created_at: Seconds,
    subscription: PendingPlanBody,
    subscription_period: PendingPeriodBody,
    /// Where it is paid, as long as it can be.
    #[schemars(with = "SentAsNull<String>")]
    checkout_url: Option<String>,
    /// Null when Stripe could not be asked.
    #[schemars(extend("enum" = ["open", "complete", "expired", null]))]
    #[schemars(with = "SentAsNull<String>")]
    session_status: Option<&'static str>,
}

/// What is bought.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PendingPaymentSubscription")]
struct PendingPlanBody {
    id: PlainId,
    name: String,
    description: String,
}

/// In which period.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PendingPaymentPeriod")]
struct PendingPeriodBody {
    id: PlainId,
    #[schemars(extend("enum" = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "ALL_TIME"]))]
    period_type: &'static str,
    #[schemars(with = "f64")]
    price: Number,
}

/// It was withdrawn.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CancelPendingPaymentResponse")]
pub(crate) struct WithdrawnBody {
    #[schemars(extend("const" = true))]
    success: bool,
    message: &'static str,
    data: WithdrawnDataBody,
}

/// Which, and when.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CancelledPendingPayment")]
struct WithdrawnDataBody {
    payment_id: String,
    stripe_payment_id: String,
    cancelled_at: Seconds,
}

impl PendingBody {
    fn of(pending: Pending, units: AmountUnits) -> Self {
        let amount = pending.price.amount;
        Self {
            id: pending.id.to_string(),
            stripe_payment_id: pending.stripe_session_id,
            amount: in_units(amount, units),
            currency: currency(amount.currency),
            status: payment_status(pending.state),
            created_at: Seconds(pending.created_at),
            subscription: PendingPlanBody {
                id: PlainId::of(pending.product.id),
                name: pending.product.name,
                description: pending.product.description.unwrap_or_default(),
            },
            subscription_period: PendingPeriodBody {
                id: PlainId::of(pending.price.id),
                period_type: pending.period.as_str(),
                price: in_units(amount, units),
            },
            checkout_url: pending.url,
            session_status: pending.status.map(attempt_status),
        }
    }
}

/// An amount as the operator's clients expect it (contract §6).
fn in_units(amount: Money, units: AmountUnits) -> Number {
    let in_minor = || Number::from(amount.amount_minor);
    match units {
        AmountUnits::Minor => in_minor(),
        // Parsed from its decimal digits, and not divided: what is shown is the nearest number to them.
        AmountUnits::Major => {
            amount.in_major_units(0).parse().ok().and_then(Number::from_f64).unwrap_or_else(in_minor)
        }
    }
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/pending-payment",
        get_with(get, |operation| {
            operation.id("getPendingPayment").summary("Get the payment that waits").tag("payments")
        })
        .delete_with(delete, |operation| {
            operation.id("cancelPendingPayment").summary("Withdraw the payment that waits").tag("payments")
        }),
    )
}

pub(crate) async fn get(
    caller: Caller,
    State(door): State<Door>,
) -> Result<Answer<Data<PendingBody>>, Refusal> {
    let settings = &caller.site.settings;
    let found = find_pending(&door.app, caller.site.project, &caller.organization).await;
    let pending = found.map_err(|error| refuse(&error).debugging(settings.debug))?;
    Ok(Data::of(PendingBody::of(pending, settings.pending_payment_units)))
}

pub(crate) async fn delete(
    BillingCaller(caller): BillingCaller,
    State(door): State<Door>,
) -> Result<Answer<WithdrawnBody>, Refusal> {
    let withdrawn = withdraw_pending(&door.app, caller.site.project, &caller.organization).await;
    let withdrawn = withdrawn.map_err(|error| refuse(&error).debugging(caller.site.settings.debug))?;
    Ok(Answer(WithdrawnBody {
        success: true,
        message: "Pending payment cancelled",
        data: WithdrawnDataBody {
            payment_id: withdrawn.id.to_string(),
            stripe_payment_id: withdrawn.stripe_session_id,
            cancelled_at: Seconds(withdrawn.at),
        },
    }))
}

fn refuse(error: &PendingError) -> Refusal {
    match error {
        PendingError::Nothing => Refusal::not_found("NO_PENDING_PAYMENT", "No payment is pending."),
        PendingError::PeriodGone => {
            let message = "What is being paid for is not sold any more.";
            Refusal::not_found("SUBSCRIPTION_PERIOD_NOT_FOUND", message)
        }
        PendingError::Withdraw(StartCheckoutError::Settle(_)) => Refusal::failed(
            "INTERNAL_ERROR",
            "Whether the payment was made could not be looked up yet.",
            error,
        ),
        PendingError::Withdraw(_) | PendingError::Store(_) => Refusal::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::Currency;

    #[test]
    fn major_units_are_written_with_the_currencys_own_digits() {
        let money = |minor, code| Money::new(minor, Currency::from_code(code).unwrap());
        let written = |money, units| in_units(money, units).to_string();
        assert_eq!(written(money(2999, "USD"), AmountUnits::Major), "29.99");
        assert_eq!(written(money(2999, "USD"), AmountUnits::Minor), "2999");
        assert_eq!(written(money(500, "JPY"), AmountUnits::Major), "500.0");
    }
}
