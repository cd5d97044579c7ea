//! `/platform/v1/webhook/subscribe`, `…/unsubscribe` and `/platform/v1/webhooks` (contract §10.1).

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use perennial_core::business::Caller;
use perennial_core::webhooks_out::{self, EventWish, SubscribeError, subscribe, unsubscribe};
use perennial_domain::{Id, WebhookAsker, WebhookAudience, WebhookEndpoint, WebhookFlavour};
use perennial_http::Created;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::Body;
use crate::caller::Known;
use crate::create::text;
use crate::door::Door;
use crate::operation::named;
use crate::platform::{Platform, PlatformRefusal};
use crate::query::{Asked, Condition, Operator};
use crate::refusal::Refusal;

/// The events that can be heard: as they are told, and how else they may be asked for. Their places are part of the ids of what is
/// heard: what is new comes last.
const EVENTS: [(&str, &str); 8] = [
    ("purchasable_subscription/created", "purchasable_subscription/create"),
    ("purchasable_subscription/update", "purchasable_subscription/updated"),
    ("subscription/created", "subscription/create"),
    ("subscription/update", "subscription/updated"),
    ("app_subscription/installed", "app_subscription/installed"),
    ("app_subscription/uninstalled", "app_subscription/uninstalled"),
    ("application/installed", "application/installed"),
    ("application/uninstalled", "application/uninstalled"),
];

/// What to hear, and where.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SubscribeWebhook")]
struct SubscribeBody {
    event: Option<Value>,
    target_url: Option<Value>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookSubscription")]
struct SubscribedBody {
    subscription_id: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookUnsubscribed")]
struct UnsubscribedBody {
    unsubscribed: bool,
}

/// All that is heard, in an envelope of its own.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Webhooks")]
struct ListedBody {
    response: ResponseBody,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhooksResponse")]
struct ResponseBody {
    #[schemars(extend("const" = "ok"))]
    success: &'static str,
    data: HeardBody,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhooksData")]
struct HeardBody {
    subscriptions: Vec<HookBody>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
struct HookBody {
    id: String,
    entity: String,
    event_type: String,
    url: String,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .api_route(
            "/platform/v1/webhook/subscribe",
            post_with(add, named("subscribeWebhook", "Hear of an event", "webhooks")),
        )
        .api_route(
            "/platform/v1/webhook/unsubscribe",
            post_with(remove, named("unsubscribeWebhook", "Hear of it no more", "webhooks")),
        )
        .api_route(
            "/platform/v1/webhooks",
            get_with(list, named("listWebhooks", "List what is heard", "webhooks")),
        )
}

async fn add(
    State(door): State<Door>,
    Known(caller): Known,
    body: Result<Body<SubscribeBody>, Refusal>,
) -> Result<Created<Platform<SubscribedBody>>, PlatformRefusal> {
    let Body(body) = body?;
    let event = body.event.as_ref().ok_or_else(|| bad("`event` is missing."))?;
    let url = body.target_url.as_ref().ok_or_else(|| bad("`target_url` is missing."))?;
    let event = told(&text("event", event)?)?;
    let wanted = EventWish {
        project: caller.project(),
        flavour: WebhookFlavour::Business,
        url: text("target_url", url)?,
        event: event.to_owned(),
        audience: audience(&caller),
        asker: WebhookAsker::with(&caller.token),
    };
    let endpoint = subscribe(&door.app, wanted).await.map_err(|error| match error {
        SubscribeError::Target(_) | SubscribeError::Filter(_) | SubscribeError::TooMany => {
            bad(error.to_string())
        }
        SubscribeError::Exists => PlatformRefusal::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        SubscribeError::Store(_) | SubscribeError::Vault(_) => PlatformRefusal::not_subscribed(&error),
    })?;
    let Json(body) = Platform::of(SubscribedBody { subscription_id: id_of(&endpoint, event) });
    Ok(Created(body))
}

async fn remove(
    State(door): State<Door>,
    Known(caller): Known,
    body: Result<Body<SubscribeBody>, Refusal>,
) -> Result<Json<Platform<UnsubscribedBody>>, PlatformRefusal> {
    let Body(body) = body?;
    let url = body.target_url.as_ref().ok_or_else(|| bad("`target_url` is missing."))?;
    let url = text("target_url", url)?;
    let event = body.event.as_ref().map(|event| text("event", event)).transpose()?;
    let event = event.as_deref().map(told).transpose()?;
    let unsubscribed = door
        .app
        .write(move |cx, tx| {
            let flavour = WebhookFlavour::Business;
            unsubscribe(cx, tx, caller.project(), flavour, (&url, event), &audience(&caller))
        })
        .await?;
    Ok(Platform::of(UnsubscribedBody { unsubscribed }))
}

async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<ListedBody>, PlatformRefusal> {
    let conditions = asked.filters(&["entity", "event_type"])?;
    if let Some(wrong) = conditions.iter().find(|condition| condition.operator != Operator::Equal) {
        return Err(bad(format!("`{}` can only be compared by eq.", wrong.field)));
    }
    let endpoints = door
        .app
        .read(move |_, tx| {
            webhooks_out::list(tx, caller.project(), WebhookFlavour::Business, &audience(&caller))
        })
        .await?;
    let is_wanted = |hook: &HookBody| conditions.iter().all(|condition| hook.meets(condition));
    let data = HeardBody { subscriptions: endpoints.iter().flat_map(hooks_of).filter(is_wanted).collect() };
    Ok(Json(ListedBody { response: ResponseBody { success: "ok", data } }))
}

impl HookBody {
    /// Types are found however they are spelt when they are asked for.
    fn meets(&self, condition: &Condition) -> bool {
        let event = format!("{}/{}", self.entity, self.event_type);
        condition.values.iter().any(|wanted| match condition.field.as_str() {
            "entity" => self.entity == *wanted,
            _ => told(&format!("{}/{wanted}", self.entity)).is_ok_and(|wanted| wanted == event),
        })
    }
}

fn hooks_of(endpoint: &WebhookEndpoint) -> impl Iterator<Item = HookBody> {
    let hook = |event: &String| {
        let (entity, event_type) = event.split_once('/')?;
        Some(HookBody {
            id: id_of(endpoint, event),
            entity: entity.to_owned(),
            event_type: event_type.to_owned(),
            url: endpoint.url.to_string(),
        })
    };
    endpoint.events.iter().filter_map(hook)
}

/// What one event heard at one address is called: the receiver, and which of the events it is.
fn id_of(endpoint: &WebhookEndpoint, event: &str) -> String {
    let place = EVENTS.iter().position(|(told, _)| *told == event).unwrap_or(EVENTS.len());
    format!("{}-{place}", endpoint.id.uuid().simple())
}

/// An event as it is told, however it was asked for.
fn told(event: &str) -> Result<&'static str, PlatformRefusal> {
    let found = EVENTS.iter().find(|(told, asked)| event == *told || event == *asked);
    found.map(|(told, _)| *told).ok_or_else(|| bad(format!("{event:?} is no event that can be heard.")))
}

/// Whoever sees a subscription hears of it (contract §10.3).
fn audience(caller: &Caller) -> WebhookAudience {
    WebhookAudience {
        customer: caller.business.as_ref().map(|business| business.business.customer_id),
        directory: caller.directory_id(),
        app: caller.sees_only_app().map(str::to_owned),
    }
}

fn bad(message: impl Into<std::borrow::Cow<'static, str>>) -> PlatformRefusal {
    PlatformRefusal::new(StatusCode::BAD_REQUEST, message)
}
