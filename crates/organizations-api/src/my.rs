//! `GET /subscriptions/my` (contract §8.2): the organization's own subscription.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use perennial_core::organizations::{Standing, StandingStatus, standing};
use perennial_domain::PeriodType;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::wire::{PlainId, Seconds, SentAsNull};

/// The organization's subscription, or none.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MySubscriptionResponse")]
pub(crate) struct MyBody {
    #[schemars(extend("const" = true))]
    success: bool,
    #[schemars(with = "SentAsNull<OwnBody>")]
    data: Option<OwnBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("type" = "string"))]
    message: Option<&'static str>,
}

/// A subscription. The first three are the plan's.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OrgSubscriptionResponse")]
struct OwnBody {
    id: PlainId,
    name: String,
    description: String,
    period_id: PlainId,
    /// Null for a rhythm that this API does not sell, where another one of the server's did.
    #[schemars(extend("enum" = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "ALL_TIME", null]))]
    #[schemars(with = "SentAsNull<String>")]
    period_type: Option<&'static str>,
    /// In the smallest currency unit, as it was bought.
    price: i64,
    date_from: Seconds,
    /// Null for good.
    #[schemars(with = "SentAsNull<Seconds>")]
    date_to: Option<Seconds>,
    #[schemars(extend("enum" = ["ACTIVE", "CANCELLED", "EXPIRED"]))]
    status: &'static str,
    auto_renew: bool,
}

impl OwnBody {
    fn of(stands: Standing) -> Self {
        Self {
            id: PlainId::of(stands.product.id),
            name: stands.product.name,
            description: stands.product.description.unwrap_or_default(),
            period_id: PlainId::of(stands.price.id),
            // As it was bought.
            period_type: PeriodType::of(stands.subscription.term).map(PeriodType::as_str),
            price: stands.price.amount.amount_minor,
            date_from: Seconds(stands.from),
            date_to: stands.to.map(Seconds),
            status: match stands.status {
                StandingStatus::Active => "ACTIVE",
                StandingStatus::Cancelled => "CANCELLED",
                StandingStatus::Expired => "EXPIRED",
            },
            auto_renew: stands.auto_renew,
        }
    }
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/my",
        get_with(get, |operation| {
            operation
                .id("getMySubscription")
                .summary("Get the organization's subscription")
                .tag("subscriptions")
        }),
    )
}

pub(crate) async fn get(caller: Caller, State(door): State<Door>) -> Result<Answer<MyBody>, Refusal> {
    let Caller { site, organization, .. } = caller;
    let stands = door
        .app
        .read_once(move |cx, tx| standing(cx, tx, site.project, organization.id, &site.settings))
        .await?;
    let data = stands.map(OwnBody::of);
    let message = data.is_none().then_some("No subscription found");
    Ok(Answer(MyBody { success: true, data, message }))
}
