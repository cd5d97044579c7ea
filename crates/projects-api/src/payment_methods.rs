//! Cards, to look at (contracts/projects-api.md §2.14). They are known here by the processor's names.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::cards::{CardPageRequest, find_card, page_of_cards};
use perennial_core::store::tables::PaymentMethodFilter;
use perennial_domain::{CardBrand, CustomerId, PaymentMethod, PaymentMethodKind};
use perennial_http::{
    ApiError, ListBody, NoQuery, PathOf, ProjectKey, QueryOf, WireId, WireTime, page_limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::scalars::all_present;

/// A card that the processor keeps for a user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaymentMethod", transform = all_present)]
pub(crate) struct PaymentMethodBody {
    #[schemars(extend("const" = "paymentMethod"))]
    object: &'static str,
    /// The processor's name for it.
    id: String,
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = PaymentMethodKind::ALL))]
    kind: PaymentMethodKind,
    #[schemars(with = "String", extend("enum" = CardBrand::ALL))]
    brand: CardBrand,
    last4: String,
    #[schemars(extend("const" = "stripe"))]
    provider: &'static str,
    /// A card that is kept has passed its bank's check.
    #[schemars(extend("const" = "available"))]
    status: &'static str,
    user: WireId<CustomerId>,
    created_at: WireTime,
}

impl From<PaymentMethod> for PaymentMethodBody {
    fn from(method: PaymentMethod) -> Self {
        Self {
            object: "paymentMethod",
            id: method.card.stripe_payment_method_id,
            kind: method.card.kind,
            brand: method.card.brand,
            last4: method.card.last4,
            provider: "stripe",
            status: "available",
            user: WireId(method.customer_id),
            created_at: WireTime(method.created_at),
        }
    }
}

/// Which cards are wanted, and which part of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    user: Option<WireId<CustomerId>>,
    /// Only items right after the one with this id: older ones.
    after: Option<String>,
    /// Only items right before the one with this id: newer ones.
    before: Option<String>,
    /// How many items at the most; 10 unless given.
    #[schemars(range(min = 0, max = 200))]
    limit: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
struct PaymentMethodPath {
    #[serde(rename = "paymentMethod")]
    payment_method: String,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/paymentMethods",
            get_with(list, |operation| {
                operation.id("listPaymentMethods").summary("List payment methods").tag("payments")
            }),
        )
        .api_route(
            "/projects/{project}/paymentMethods/{paymentMethod}",
            get_with(get, |operation| {
                operation.id("getPaymentMethod").summary("Get a payment method").tag("payments")
            }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    QueryOf(query): QueryOf<Parameters>,
) -> Result<Json<ListBody<PaymentMethodBody>>, ApiError> {
    let limit = page_limits(query.limit, query.after.as_ref(), query.before.as_ref())?;
    let filter = PaymentMethodFilter { customer: query.user.map(|WireId(id)| id) };
    let request = CardPageRequest { after: query.after, before: query.before, limit };
    let slice = api.app.read(move |_, tx| page_of_cards(tx, caller.project(), &filter, &request)).await?;
    let id = |method: &PaymentMethod| method.card.stripe_payment_method_id.clone();
    Ok(Json(ListBody::of(slice, id, PaymentMethodBody::from)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<PaymentMethodPath>,
    _: NoQuery,
) -> Result<Json<PaymentMethodBody>, ApiError> {
    let found = api.app.read(move |_, tx| find_card(tx, caller.project(), &path.payment_method)).await?;
    found.map(|method| Json(method.into())).ok_or_else(ApiError::not_found)
}
