//! `POST /subscriptions/buy` (contract §8.3).

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use perennial_core::checkout::StartCheckoutError;
use perennial_core::organizations::{self, Bought, Buy, BuyError, PayPage};
use perennial_domain::{CheckoutUi, Id, PriceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Body;
use crate::caller::{BillingCaller, Caller};
use crate::door::Door;
use crate::refusal::Refusal;
use crate::wire::SentAsNull;

/// What is bought.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BuySubscriptionRequest")]
pub(crate) struct BuyBody {
    /// A period of a plan.
    subscription_period_id: String,
    /// Where it is paid, if not where the operator usually has it.
    ui_mode: Option<UiMode>,
}

/// On Stripe's page, or in one of the caller's.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum UiMode {
    Hosted,
    Embedded,
}

/// What happens next.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BuySubscriptionResponse")]
pub(crate) struct BoughtBody {
    #[schemars(extend("const" = true))]
    success: bool,
    /// Where it is paid; null when it is free or embedded.
    #[schemars(with = "SentAsNull<String>")]
    checkout_url: Option<String>,
    /// The same again.
    #[schemars(with = "SentAsNull<String>")]
    redirect_url: Option<String>,
    /// Stripe's session, or ours of a free activation.
    session_id: String,
    /// Whether it takes the place of another subscription.
    is_subscription_change: bool,
    /// Which.
    #[schemars(with = "SentAsNull<PreviousBody>")]
    previous_subscription: Option<PreviousBody>,
    /// Whether nothing has to be paid: what is bought is had already, or begins when what is paid is used up.
    is_free_subscription: bool,
    /// What an embedding page mounts Stripe's Checkout by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("type" = "string"))]
    client_secret: Option<String>,
    /// What has happened, where nobody would expect it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("type" = "string"))]
    message: Option<&'static str>,
}

/// A subscription that ends when the new one is paid.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PreviousSubscription")]
struct PreviousBody {
    id: String,
    name: String,
}

impl From<Bought> for BoughtBody {
    fn from(Bought { session_id, pay, replaces, is_kept }: Bought) -> Self {
        let (url, client_secret) = match &pay {
            Some(PayPage::Hosted(url)) => (Some(url.clone()), None),
            Some(PayPage::Embedded(secret)) => (None, Some(secret.expose().to_owned())),
            None => (None, None),
        };
        Self {
            success: true,
            checkout_url: url.clone(),
            redirect_url: url,
            session_id,
            is_subscription_change: replaces.is_some(),
            previous_subscription: replaces
                .map(|replaced| PreviousBody { id: replaced.id, name: replaced.name }),
            is_free_subscription: pay.is_none(),
            client_secret,
            message: is_kept
                .then_some("The organization keeps its plan, which is paid already and renews again."),
        }
    }
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/buy",
        post_with(buy, |operation| {
            operation.id("buySubscription").summary("Buy a plan").tag("subscriptions")
        }),
    )
}

pub(crate) async fn buy(
    BillingCaller(caller): BillingCaller,
    State(door): State<Door>,
    Body(body): Body<BuyBody>,
) -> Result<Answer<BoughtBody>, Refusal> {
    let Caller { site, member, organization } = caller;
    let price = Uuid::parse_str(body.subscription_period_id.trim()).map_err(|_| unknown_period())?;
    let command = Buy {
        project: site.project,
        settings: site.settings.clone(),
        organization,
        member,
        price: PriceId::from_uuid(price),
        ui: body.ui_mode.map(|mode| match mode {
            UiMode::Hosted => CheckoutUi::Hosted,
            UiMode::Embedded => CheckoutUi::Embedded,
        }),
    };
    let bought = organizations::buy(&door.app, command).await.map_err(refuse)?;
    Ok(Answer(bought.into()))
}

fn unknown_period() -> Refusal {
    Refusal::not_found("SUBSCRIPTION_PERIOD_NOT_FOUND", "There is no such period on sale.")
}

fn refuse(error: BuyError) -> Refusal {
    match error {
        BuyError::UnknownPeriod => unknown_period(),
        BuyError::OrganizationGone => {
            Refusal::not_found("ORG_NOT_FOUND", "There is no such organization any more.")
        }
        BuyError::AlreadyActive => {
            let message =
                "The organization has a subscription, or a payment on its way, that excludes this one.";
            Refusal::conflict("SUBSCRIPTION_ALREADY_ACTIVE", message)
        }
        BuyError::Price(problem) => {
            tracing::error!(%problem, "a period is on sale that cannot be bought");
            Refusal::bad_request(problem.code(), format!("The period cannot be bought: {problem}."))
        }
        error @ BuyError::Start(StartCheckoutError::Settle(_)) => {
            Refusal::failed("INTERNAL_ERROR", "An earlier payment could not be looked up yet.", &error)
        }
        error @ (BuyError::Account(_)
        | BuyError::Payments(_)
        | BuyError::Start(_)
        | BuyError::Change(_)
        | BuyError::Store(_)) => Refusal::internal(&error),
    }
}
