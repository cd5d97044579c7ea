//! `GET /subscriptions` (contract §8.1): what can be bought. Public: whatever `Authorization` says is not looked at.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use perennial_core::organizations::{LineOffer, offers};
use perennial_domain::{Capability, CapabilityKind, Id, PeriodType, Price, Product, ProductId};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::answer::{Answer, Data, written};
use crate::door::Door;
use crate::refusal::Refusal;
use crate::site::OnSite;
use crate::wire::PlainId;

/// A plan.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionResponse")]
struct PlanBody {
    id: PlainId,
    name: String,
    description: String,
    /// The periods in which it can be bought, the shortest first.
    periods: Vec<PeriodBody>,
    capabilities: Vec<CapabilityBody>,
}

/// A period of a plan, and its price.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionPeriodResponse")]
struct PeriodBody {
    id: PlainId,
    /// The plan.
    subscription_id: PlainId,
    #[schemars(extend("enum" = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "ALL_TIME"]))]
    period_type: &'static str,
    /// In the smallest currency unit.
    price: i64,
}

/// What a plan lets its organization do.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionCapability")]
struct CapabilityBody {
    id: PlainId,
    code: String,
    description: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Zero: it is included.
    price: i64,
    /// The window of a quota.
    period_type: &'static str,
    /// 1 or 0 for what one has or has not, else the limit.
    value: i64,
}

impl PlanBody {
    fn of(LineOffer { product, periods }: LineOffer) -> Self {
        let Product { id, name, description, capabilities, .. } = product;
        Self {
            id: PlainId::of(id),
            name,
            description: description.unwrap_or_default(),
            periods: periods.iter().map(|(period, price)| PeriodBody::of(*period, price)).collect(),
            capabilities: capabilities
                .into_iter()
                .map(|capability| CapabilityBody::of(id, capability))
                .collect(),
        }
    }
}

impl PeriodBody {
    fn of(period: PeriodType, price: &Price) -> Self {
        Self {
            id: PlainId::of(price.id),
            subscription_id: PlainId::of(price.product_id),
            period_type: period.as_str(),
            price: price.amount.amount_minor,
        }
    }
}

impl CapabilityBody {
    fn of(product: ProductId, Capability { code, description, kind, value }: Capability) -> Self {
        Self {
            id: PlainId(capability_id(product, &code)),
            kind: match kind {
                CapabilityKind::Boolean => "BOOLEAN",
                CapabilityKind::Quota => "QUOTA",
            },
            price: 0,
            // A quota holds for as long as the plan does; the catalogue knows no other window.
            period_type: PeriodType::AllTime.as_str(),
            code: code.to_uppercase(),
            description,
            value,
        }
    }
}

/// Capabilities have no row and so no id of their own; a digest of what names them is as stable as one.
fn capability_id(product: ProductId, code: &str) -> Uuid {
    let digest = Sha256::new().chain_update(product.uuid()).chain_update(code).finalize();
    let (first, _) = digest.split_at(16);
    Uuid::from_slice(first).unwrap_or_default()
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions",
        get_with(list, |operation| {
            operation
                .id("getSubscriptions")
                .summary("List the plans")
                .tag("subscriptions")
                .response::<200, Answer<Data<Vec<PlanBody>>>>()
        }),
    )
}

pub(crate) async fn list(OnSite(site): OnSite, State(door): State<Door>) -> Result<Response, Refusal> {
    if let Some(known) = door.plans.get(&site.project) {
        return Ok(written(known));
    }
    let (project, line) = (site.project, site.settings.product_line.clone());
    let offers = door.app.read(move |_, tx| offers(tx, project, &line)).await?;
    let body = Data { success: true, data: offers.into_iter().map(PlanBody::of).collect::<Vec<_>>() };
    let body = Bytes::from(serde_json::to_vec(&body).map_err(|error| Refusal::internal(&error))?);
    door.plans.put(project, body.clone());
    Ok(written(body))
}
