//! What the server asks of its database for one request, as statements for a bare driver. The texts are those of
//! `store`, but for whole rows being `*` here.

use std::borrow::Cow;

use jiff::Timestamp;
use perennial_domain::{ConnectSessionId, CustomerId, EventId, Id, ProductId, ProjectId};
use perennial_store::Value;
use serde_json::json;
use uuid::Uuid;

use crate::installation::PROJECT;
use crate::machine::now;
use crate::requests;
use crate::seed::{Seeded, id_at};

/// A statement for either database, with the values of its parameters.
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value<'static>>,
}

/// One request's share of the database's work.
#[derive(Default)]
pub(crate) struct Unit {
    /// Asked in front of the transaction, or instead of it.
    pub(crate) reads: Vec<Statement>,
    /// One durable transaction.
    pub(crate) writes: Vec<Statement>,
}

/// The kinds of request that reach the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    SubscriptionsOfUser,
    ConnectSession,
    Webhook,
}

impl Work {
    /// Whether it has to be on the disk before it is answered.
    pub(crate) fn is_durable(self) -> bool {
        self != Self::SubscriptionsOfUser
    }

    /// What the request with this number takes.
    pub(crate) fn unit(self, seeded: &Seeded, number: usize) -> Unit {
        // A step that shares no factor with their number visits all customers, far from one another.
        let customer = seeded.customers[number.wrapping_mul(7_919) % seeded.customers.len()];
        match self {
            Self::SubscriptionsOfUser => subscriptions_of(seeded.project, customer),
            Self::ConnectSession => connect_session(seeded.project, seeded.plan, customer),
            Self::Webhook => webhook(seeded.project),
        }
    }
}

fn statement(sql: &'static str, values: Vec<Value<'static>>) -> Statement {
    Statement { sql, values }
}

fn id(id: impl Id) -> Value<'static> {
    Value::Uuid(id.uuid())
}

fn text(text: impl Into<String>) -> Value<'static> {
    Value::Text(text.into().into())
}

fn time(at: Timestamp) -> Value<'static> {
    Value::Int(at.as_microsecond())
}

fn subscriptions_of(project: ProjectId, customer: CustomerId) -> Unit {
    let states = ["pending", "active", "past_due", "paused"].map(text);
    let [first, second, third, fourth] = states;
    let values = vec![id(project), id(customer), first, second, third, fourth, Value::Int(11)];
    Unit { reads: vec![statement(SUBSCRIPTIONS_OF, values)], writes: Vec::new() }
}

fn connect_session(project: ProjectId, plan: ProductId, customer: CustomerId) -> Unit {
    let now = now();
    let session = id_at::<ConnectSessionId>(now);
    let intent =
        json!({ "type": "checkoutNewSubscription", "plan": plan.to_string(), "sim": null, "addons": [] });
    let insert_session = vec![
        id(session),
        id(project),
        text(intent.to_string()),
        text("https://shop.bench.example/phone-plans"),
        text(r#"{"theme":null}"#),
        id(customer),
        Value::Null,
        time(now),
        Value::Null,
        Value::Null,
        text("{}"),
        Value::Null,
        Value::Null,
        time(now),
        Value::Bytes(Cow::Borrowed(&[7; 32])),
    ];
    let insert_event = vec![
        id(id_at::<EventId>(now)),
        text("connectSession.created"),
        id(session),
        text(json!({ "id": session.to_string() }).to_string()),
        time(now),
        id(project),
    ];
    Unit {
        reads: Vec::new(),
        writes: vec![
            statement("SELECT * FROM projects WHERE id = $1", vec![id(project)]),
            statement(
                "SELECT * FROM customers WHERE project_id = $1 AND id = $2",
                vec![id(project), id(customer)],
            ),
            statement(
                "SELECT * FROM products WHERE project_id = $1 AND id = $2",
                vec![id(project), id(plan)],
            ),
            statement(INSERT_SESSION, insert_session),
            statement(INSERT_EVENT, insert_event),
        ],
    }
}

fn webhook(project: ProjectId) -> Unit {
    let now = now();
    let number = Uuid::now_v7().simple().to_string();
    let (event, subject) = (format!("evt_{number}"), format!("sub_{number}"));
    let payload = requests::event(&event, &subject, now.as_second());
    let task = json!({ "task": "apply_stripe_events", "project": project.to_string(), "subject": subject });
    let insert_event = vec![
        id(project),
        text(event.clone()),
        text("customer.subscription.updated"),
        text(subject.clone()),
        text("waiting"),
        Value::Int(0),
        Value::Null,
        time(now),
        time(now),
        Value::Null,
    ];
    let insert_payload = vec![id(project), text(event), time(now), text(payload)];
    let insert_job = vec![
        Value::Uuid(Uuid::now_v7()),
        text("apply_stripe_events"),
        text(task.to_string()),
        time(now),
        Value::Int(25),
        text(format!("apply_stripe_events/{project}/{subject}")),
    ];
    Unit {
        reads: vec![
            statement("SELECT * FROM projects WHERE slug = $1", vec![text(PROJECT)]),
            statement(SELECT_SECRETS, vec![id(project), time(now)]),
        ],
        writes: vec![
            statement(INSERT_STRIPE_EVENT, insert_event),
            statement(INSERT_PAYLOAD, insert_payload),
            statement(INSERT_JOB, insert_job),
        ],
    }
}

const SUBSCRIPTIONS_OF: &str = "SELECT subscriptions.*, customers.*, sims.*, portings.* \
    FROM (SELECT * FROM subscriptions WHERE project_id = $1 AND customer_id = $2 AND state IN ($3, $4, $5, $6) \
        ORDER BY created_at DESC, id DESC LIMIT $7) AS subscriptions \
    JOIN customers ON customers.project_id = subscriptions.project_id AND customers.id = subscriptions.customer_id \
    LEFT JOIN sims ON sims.project_id = subscriptions.project_id AND sims.id = subscriptions.sim_id \
    LEFT JOIN portings ON portings.project_id = subscriptions.project_id AND portings.id = (\
        SELECT latest.id FROM portings AS latest WHERE latest.project_id = subscriptions.project_id \
        AND latest.subscription_id = subscriptions.id ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1) \
    ORDER BY subscriptions.created_at DESC, subscriptions.id DESC";

const INSERT_SESSION: &str = "INSERT INTO connect_sessions (id, project_id, intent, callback, appearance, \
    customer_id, user_details, token_expires_at, entered_at, browser_expires_at, progress, checkout_id, outcome, \
    created_at, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

const INSERT_EVENT: &str = "INSERT INTO events (id, event_type, subject_id, data, created_at, project_id) \
    VALUES ($1, $2, $3, $4, $5, $6)";

const SELECT_SECRETS: &str = "SELECT secret_sealed FROM stripe_webhook_secrets \
    WHERE project_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, fingerprint";

const INSERT_STRIPE_EVENT: &str = "INSERT INTO stripe_events (project_id, stripe_event_id, event_type, subject, \
    state, attempts, last_error, happened_at, received_at, settled_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (project_id, stripe_event_id) DO NOTHING";

const INSERT_PAYLOAD: &str = "INSERT INTO stripe_event_payloads (project_id, stripe_event_id, received_at, payload) \
    VALUES ($1, $2, $3, $4)";

const INSERT_JOB: &str = "INSERT INTO jobs (id, kind, payload, state, run_at, due_at, max_attempts, dedupe_key) \
    VALUES ($1, $2, $3, 'waiting', $4, $4, $5, $6) ON CONFLICT (dedupe_key) WHERE state <> 'failed' \
    DO UPDATE SET run_at = excluded.run_at RETURNING id";
