//! Orders, to look at (contracts/projects-api.md §2.14): each is one attempt to pay, on the pages or by a saved card.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::order_facts::{self, OrderView};
use perennial_core::store::tables::CheckoutFilter;
use perennial_domain::{
    CheckoutId, CheckoutState, CustomerId, Money, PaymentState, SubscriptionAddonId, SubscriptionId, Voucher,
};
use perennial_http::{ApiError, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::addons::AddonBody;
use crate::api::Api;
use crate::payments::PaymentBody;
use crate::plans::PlanBody;
use crate::scalars::all_present;
use crate::telecom::PriceBody;
use crate::users::UserBody;

/// What somebody wanted to buy, and how far that has come.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Order", transform = all_present)]
struct OrderBody {
    #[schemars(extend("const" = "order"))]
    object: &'static str,
    id: WireId<CheckoutId>,
    /// Null where add-ons are bought for a subscription that is there.
    plan: Option<PlanBody>,
    addons: Vec<AddonBody>,
    /// What is charged first.
    price: PriceBody,
    /// The same before the discount.
    subtotal: PriceBody,
    discount: PriceBody,
    /// Empty: prices include taxes.
    #[schemars(with = "Vec<String>")]
    taxes: [(); 0],
    voucher: Option<VoucherBody>,
    last_payment: Option<PaymentBody>,
    /// What it became, or what the add-ons are for.
    subscription: Option<WireId<SubscriptionId>>,
    /// What the add-ons became.
    subscription_addons: Vec<WireId<SubscriptionAddonId>>,
    /// Null: what was chosen stands on the subscription.
    subscription_details: (),
    user: UserBody,
    status: Status,
    created_at: WireTime,
}

/// The code that was typed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderVoucher")]
struct VoucherBody {
    #[schemars(extend("const" = "voucher"))]
    object: &'static str,
    code: String,
}

impl From<Voucher> for VoucherBody {
    fn from(voucher: Voucher) -> Self {
        Self { object: "voucher", code: voucher.code }
    }
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OrderStatus")]
enum Status {
    /// Nobody can pay it yet.
    Quoted,
    /// It can be paid, or a saved card is being charged.
    Pending,
    /// Paid and not delivered: the money is on its way back.
    Paid,
    /// Paid, and what was bought exists.
    Completed,
    /// Not paid, or paid back.
    Canceled,
}

impl From<&OrderView> for Status {
    fn from(view: &OrderView) -> Self {
        let has_money =
            view.last_payment.as_ref().map(|last| last.payment.state) == Some(PaymentState::Succeeded);
        match view.checkout.state {
            CheckoutState::Creating if view.checkout.saved_card.is_none() => Self::Quoted,
            CheckoutState::Creating | CheckoutState::Open | CheckoutState::Confirming => Self::Pending,
            CheckoutState::Settled => Self::Completed,
            CheckoutState::Superseded if has_money => Self::Paid,
            CheckoutState::Superseded
            | CheckoutState::Expired
            | CheckoutState::Failed
            | CheckoutState::Abandoned => Self::Canceled,
        }
    }
}

impl From<OrderView> for OrderBody {
    fn from(view: OrderView) -> Self {
        let status = Status::from(&view);
        let OrderView { checkout, customer, plan, addons, bought_addons, last_payment } = view;
        let (price, subtotal) = (checkout.order.due_now, checkout.order.subtotal());
        let discount = Money::new(subtotal.amount_minor - price.amount_minor, price.currency);
        let bought_on = checkout.order.goods.bought_for().or(checkout.subscription_id);
        Self {
            object: "order",
            id: WireId(checkout.id),
            plan: plan.map(|(product, price)| PlanBody::of(product, &price)),
            addons: addons.into_iter().map(|(product, price)| AddonBody::of(product, &price)).collect(),
            price: price.into(),
            subtotal: subtotal.into(),
            discount: discount.into(),
            taxes: [],
            voucher: checkout.order.voucher.map(VoucherBody::from),
            last_payment: last_payment.map(PaymentBody::from),
            subscription: bought_on.map(WireId),
            subscription_addons: bought_addons.into_iter().map(WireId).collect(),
            subscription_details: (),
            user: customer.into(),
            status,
            created_at: WireTime(checkout.created_at),
        }
    }
}

/// Which orders are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    user: Option<WireId<CustomerId>>,
}

#[derive(Deserialize, JsonSchema)]
struct OrderPath {
    order: WireId<CheckoutId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/orders",
            get_with(list, |operation| operation.id("listOrders").summary("List orders").tag("payments")),
        )
        .api_route(
            "/projects/{project}/orders/{order}",
            get_with(get, |operation| operation.id("getOrder").summary("Get an order").tag("payments")),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, CheckoutId>,
) -> Result<Json<ListBody<OrderBody>>, ApiError> {
    let filter = CheckoutFilter { customer: query.filter.user.map(|WireId(id)| id) };
    let (project, page) = (caller.project(), query.page);
    let slice = api.app.read(move |_, tx| order_facts::page(tx, project, &filter, page)).await?;
    Ok(Json(ListBody::of(slice, |view| view.checkout.id.to_string(), OrderBody::from)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<OrderPath>,
    _: NoQuery,
) -> Result<Json<OrderBody>, ApiError> {
    let found = api.app.read(move |_, tx| order_facts::find(tx, caller.project(), path.order.0)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}
