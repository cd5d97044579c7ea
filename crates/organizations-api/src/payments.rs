//! `GET /subscriptions/payments` (contract §8.6).

mod dates;

use aide::OperationInput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, Query, State};
use http::request::Parts;
use perennial_core::organizations::{LedgerEntry, ledger};
use schemars::JsonSchema;
use serde::Serialize;
use url::form_urlencoded;

use crate::answer::{Answer, Data};
use crate::caller::Caller;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::wire::{Seconds, currency, payment_status};

use self::dates::Dates;

/// A payment.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaymentResponse")]
pub(crate) struct PaymentBody {
    id: String,
    /// In the smallest currency unit.
    amount: i64,
    currency: String,
    #[schemars(extend("enum" = ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "UNPAID", "EXPIRED"]))]
    status: &'static str,
    /// When it was paid, else made.
    timestamp: Seconds,
}

impl From<LedgerEntry> for PaymentBody {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            amount: entry.amount.amount_minor,
            currency: currency(entry.amount.currency),
            status: payment_status(entry.state),
            timestamp: Seconds(entry.at),
        }
    }
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaymentsQueryParams")]
#[expect(dead_code, reason = "only its schema is used")]
struct PaymentsQuery {
    /// Payments since: a date, or a date and time. UTC unless a zone is given.
    start_date: Option<String>,
    /// Payments until, that day or moment included.
    end_date: Option<String>,
}

/// Read after the caller is known, so that who may not ask learns nothing of how to.
impl<S: Send + Sync> FromRequestParts<S> for Dates {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let of = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(name, value)| name == wanted && !value.is_empty())
                .map(|(_, value)| value.into_owned())
        };
        Self::read(of("startDate").as_deref(), of("endDate").as_deref())
    }
}

impl OperationInput for Dates {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Query::<PaymentsQuery>::operation_input(context, operation);
    }
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/payments",
        get_with(list, |operation| operation.id("getPayments").summary("List the payments").tag("payments")),
    )
}

pub(crate) async fn list(
    caller: Caller,
    dates: Dates,
    State(door): State<Door>,
) -> Result<Answer<Data<Vec<PaymentBody>>>, Refusal> {
    let (project, organization) = (caller.site.project, caller.organization.id);
    let entries = door.app.read(move |_, tx| ledger(tx, project, organization)).await?;
    let wanted = entries.into_iter().filter(|entry| dates.hold(entry.at));
    Ok(Data::of(wanted.map(PaymentBody::from).collect()))
}
