//! What the sandbox recorded: sessions, events and webhook deliveries, for whoever wonders what just happened.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use super::debits::{self, DebitRow};
use super::money::format_amount;
use super::response::{failed, not_found, page, see_other};
use crate::ApiError;
use crate::fields::Fields;
use crate::sandbox::Sandbox;
use crate::store::{Select, Tx};
use crate::webhooks;

const SESSIONS_SHOWN: i64 = 20;
const EVENTS_SHOWN: i64 = 50;
const DELIVERIES_SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "overview/overview.html")]
struct OverviewPage {
    sessions: Vec<SessionRow>,
    debits: Vec<DebitRow>,
    events: Vec<EventRow>,
    deliveries: Vec<DeliveryRow>,
}

struct SessionRow {
    id: String,
    summary: String,
    state: String,
}

/// One event in a list.
pub(super) struct EventRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) object: String,
    /// Such as `14:05:09 UTC`.
    pub(super) at: String,
    pub(super) at_iso: String,
}

struct DeliveryRow {
    event: String,
    kind: String,
    url: String,
    state: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "overview/event.html")]
struct EventPage {
    id: String,
    kind: String,
    json: String,
}

/// `GET /`, for whoever opens the sandbox's address in a browser.
pub(super) async fn redirect() -> Response {
    see_other("/_sandbox")
}

/// `GET /_sandbox`
pub(super) async fn show(State(sandbox): State<Sandbox>) -> Response {
    match sandbox.read(read).await {
        Ok(overview) => page(StatusCode::OK, &overview, None),
        Err(error) => failed(&error),
    }
}

/// `GET /_sandbox/events/{event}`
pub(super) async fn show_event(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let found = sandbox.read(|tx| tx.find_kind("event", &id)).await;
    match found.and_then(|event| event.as_ref().map(EventPage::of).transpose()) {
        Ok(Some(event)) => page(StatusCode::OK, &event, None),
        Ok(None) => not_found("The sandbox recorded no such event."),
        Err(error) => failed(&error),
    }
}

/// The newest events, newest first.
pub(super) fn latest_events(tx: &Tx<'_>, count: i64) -> Result<Vec<EventRow>, ApiError> {
    Ok(Select::of("event").newest(tx, count)?.iter().map(EventRow::of).collect())
}

fn read(tx: &Tx<'_>) -> Result<OverviewPage, ApiError> {
    Ok(OverviewPage {
        sessions: Select::of("checkout.session")
            .newest(tx, SESSIONS_SHOWN)?
            .iter()
            .map(SessionRow::of)
            .collect(),
        debits: debits::under_way(tx)?,
        events: latest_events(tx, EVENTS_SHOWN)?,
        deliveries: webhooks::recent(tx, DELIVERIES_SHOWN)?.into_iter().map(DeliveryRow::of).collect(),
    })
}

impl SessionRow {
    fn of(session: &Value) -> Self {
        let mode = session.text("mode").unwrap_or_default();
        let amount = session.integer("amount_total").zip(session.text("currency"));
        let summary = match amount {
            Some((total, currency)) if mode != "setup" => {
                format!("{mode}, {}", format_amount(total, currency))
            }
            _ => mode.to_owned(),
        };
        Self { id: session.id().to_owned(), summary, state: session.owned("status").unwrap_or_default() }
    }
}

impl EventRow {
    fn of(event: &Value) -> Self {
        let at = Timestamp::from_second(event.amount("created")).unwrap_or_default();
        Self {
            id: event.id().to_owned(),
            kind: event.owned("type").unwrap_or_default(),
            object: event.owned("data.object.id").unwrap_or_default(),
            at: at.strftime("%H:%M:%S UTC").to_string(),
            at_iso: at.to_string(),
        }
    }
}

impl DeliveryRow {
    fn of(delivery: webhooks::RecentDelivery) -> Self {
        let attempts = match delivery.attempts {
            1 => "1 attempt".to_owned(),
            attempts => format!("{attempts} attempts"),
        };
        let outcome = match delivery.last_status {
            Some(status) => format!("{}, {attempts}, HTTP {status}", delivery.state),
            None => format!("{}, {attempts}", delivery.state),
        };
        Self {
            event: delivery.event_id,
            kind: delivery.event_type,
            url: delivery.url,
            state: delivery.state,
            outcome,
        }
    }
}

impl EventPage {
    fn of(event: &Value) -> Result<Self, ApiError> {
        Ok(Self {
            id: event.id().to_owned(),
            kind: event.owned("type").unwrap_or_default(),
            json: serde_json::to_string_pretty(event)?,
        })
    }
}
