//! Payments, to look at (contracts/projects-api.md §2.14): what moves money are the hosted pages and the clock.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::payment_facts;
use perennial_core::store::tables::{PaymentFilter, PaymentView};
use perennial_domain::{
    CustomerId, DisputeOutcome, Money, Payment, PaymentId, PaymentReason, PaymentState, SubscriptionId,
};
use perennial_http::{ApiError, Csv, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::payment_methods::PaymentMethodBody;
use crate::scalars::all_present;
use crate::telecom::PriceBody;
use crate::users::UserBody;

/// Money that moved, or should have.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Payment", transform = all_present)]
pub(crate) struct PaymentBody {
    #[schemars(extend("const" = "payment"))]
    object: &'static str,
    id: WireId<PaymentId>,
    amount: PriceBody,
    #[schemars(with = "String", extend("enum" = PaymentState::ALL))]
    status: PaymentState,
    #[schemars(with = "String", extend("enum" = PaymentReason::ALL))]
    reason: PaymentReason,
    /// What it was for.
    references: Vec<ReferenceBody>,
    /// What was charged last; null where that is not known.
    method: Option<PaymentMethodBody>,
    user: UserBody,
    failed_attempts: u32,
    /// Why the last attempt failed.
    failure_code: Option<&'static str>,
    failure_message: Option<String>,
    /// How much of it was given back.
    refunded: PriceBody,
    refunded_at: Option<WireTime>,
    dispute_closed_at: Option<WireTime>,
    #[schemars(with = "Option<String>", extend("enum" = DisputeOutcome::ALL))]
    dispute_outcome: Option<DisputeOutcome>,
    /// When it was last tried.
    attempted_at: WireTime,
    created_at: WireTime,
}

/// Something that a payment was for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PaymentReference")]
struct ReferenceBody {
    #[schemars(extend("enum" = ["order", "subscription"]))]
    object: &'static str,
    id: String,
}

impl From<PaymentView> for PaymentBody {
    fn from(PaymentView { payment, customer, method }: PaymentView) -> Self {
        let references = references(&payment);
        let refunded = Money { amount_minor: payment.refunded_minor, currency: payment.amount.currency };
        let attempts = payment.attempts;
        let attempted_at = attempts.last_at.or(payment.paid_at).unwrap_or(payment.created_at);
        Self {
            object: "payment",
            id: WireId(payment.id),
            amount: payment.amount.into(),
            status: payment.state,
            reason: payment.reason,
            references,
            method: method.map(PaymentMethodBody::from),
            user: customer.into(),
            failed_attempts: attempts.failed,
            failure_code: attempts.failure.as_ref().map(|failure| failure_code(&failure.code)),
            failure_message: attempts.failure.map(|failure| failure.message),
            refunded: refunded.into(),
            refunded_at: payment.refunded_at.map(WireTime),
            dispute_closed_at: payment.dispute.map(|dispute| WireTime(dispute.at)),
            dispute_outcome: payment.dispute.map(|dispute| dispute.outcome),
            attempted_at: WireTime(attempted_at),
            created_at: WireTime(payment.created_at),
        }
    }
}

fn references(payment: &Payment) -> Vec<ReferenceBody> {
    let order = payment.checkout_id.map(|id| ReferenceBody { object: "order", id: id.to_string() });
    let subscription = payment.subscription_id;
    let subscription = subscription.map(|id| ReferenceBody { object: "subscription", id: id.to_string() });
    order.into_iter().chain(subscription).collect()
}

/// Stripe's word (<https://docs.stripe.com/declines/codes>) as the contract's (§1.6, "payment").
fn failure_code(stripe: &str) -> &'static str {
    match stripe {
        "insufficient_funds" => "paymentCardInsufficientFunds",
        "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => "paymentCardExpired",
        "incorrect_cvc" | "invalid_cvc" => "paymentCardCvcInvalid",
        "incorrect_number" | "invalid_number" => "paymentCardNumberInvalid",
        "card_not_supported" => "paymentCardNotSupported",
        "invalid_account" => "paymentMethodAccountInvalid",
        "processing_error" => "paymentFailed",
        _ => "paymentCardDeclined",
    }
}

/// Which payments are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    user: Option<WireId<CustomerId>>,
    subscription: Option<WireId<SubscriptionId>>,
    /// In one of these states; all unless given.
    #[schemars(with = "Option<String>")]
    status: Option<Csv<PaymentState>>,
}

impl From<Parameters> for PaymentFilter {
    fn from(parameters: Parameters) -> Self {
        Self {
            customer: parameters.user.map(|WireId(id)| id),
            subscription: parameters.subscription.map(|WireId(id)| id),
            states: parameters.status.map(|Csv(states)| states).unwrap_or_default(),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct PaymentPath {
    payment: WireId<PaymentId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/payments",
            get_with(list, |operation| operation.id("listPayments").summary("List payments").tag("payments")),
        )
        .api_route(
            "/projects/{project}/payments/{payment}",
            get_with(get, |operation| operation.id("getPayment").summary("Get a payment").tag("payments")),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, PaymentId>,
) -> Result<Json<ListBody<PaymentBody>>, ApiError> {
    let (filter, page) = (PaymentFilter::from(query.filter), query.page);
    let slice = api.app.read_page(move |tx| payment_facts::page(tx, caller.project(), &filter, page)).await?;
    Ok(Json(ListBody::of(slice, |view| view.payment.id.to_string(), PaymentBody::from)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<PaymentPath>,
    _: NoQuery,
) -> Result<Json<PaymentBody>, ApiError> {
    let (project, id) = (caller.project(), path.payment.0);
    let found = api.app.read_once(move |_, tx| payment_facts::find(tx, project, id)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}
