//! The inbox: what Stripe told, as it told it, and what became of it.

use jiff::Timestamp;
use perennial_domain::ProjectId;

use super::StripeEvents;
use super::table::{Table, expect_all, expect_one};
use crate::{Columns, FromRow, StoreError, ToValue, Tx, params};

/// How many events one statement ends: most subjects have fewer, and each number is a statement of its own.
const SETTLED_AT_ONCE: usize = 16;

const STRIPE_EVENTS: Table = Table::new(
    "stripe_events",
    "project_id, stripe_event_id, event_type, subject, state, attempts, last_error, happened_at, received_at, \
     settled_at",
);
const PAYLOADS: Table =
    Table::new("stripe_event_payloads", "project_id, stripe_event_id, received_at, payload");

/// What the event of a row said. One that waits never lacks it; if it did, it should not be passed over, as by a join.
const PAYLOAD: &str = "(SELECT payload FROM stripe_event_payloads AS said WHERE said.project_id = stripe_events.project_id \
     AND said.stripe_event_id = stripe_events.stripe_event_id)";

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StripeEventState {
    /// Still to be applied.
    Waiting,
    /// Applied, or of no meaning here.
    Done,
    /// Failed too often; an operator has to look.
    Parked,
}

impl StripeEventState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Waiting, Self::Done, Self::Parked];

    /// The one spelling of this state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Parked => "parked",
        }
    }

    /// The state with this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

/// An event of Stripe's.
#[derive(Clone, Debug)]
pub struct StripeEventRow {
    /// Whose account it came from.
    pub project_id: ProjectId,
    /// `evt_…`, unique in the account.
    pub stripe_event_id: String,
    /// Such as `invoice.paid`.
    pub event_type: String,
    /// Stripe's id of what it is about; empty when it is about nothing of ours.
    pub subject: String,
    /// What became of it.
    pub state: StripeEventState,
    /// How often applying it failed.
    pub attempts: u32,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it happened at Stripe.
    pub happened_at: Timestamp,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// When it was done.
    pub settled_at: Option<Timestamp>,
}

/// An event as it arrived.
#[derive(Clone, Debug)]
pub struct ReceivedEvent {
    /// What is known of it.
    pub row: StripeEventRow,
    /// The body, to the letter.
    pub payload: String,
}

impl Tx<'_> {
    /// Stores events (of any projects) with what they say, and answers those that are new: Stripe may deliver one several
    /// times.
    pub fn insert_stripe_events<'e>(
        &mut self,
        events: &'e [ReceivedEvent],
    ) -> Result<Vec<&'e StripeEventRow>, StoreError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "{} ON CONFLICT (project_id, stripe_event_id) DO NOTHING RETURNING project_id, stripe_event_id",
            STRIPE_EVENTS.insert_many(events.len())
        );
        let values = events.iter().flat_map(|ReceivedEvent { row, .. }| {
            [
                &row.project_id as &dyn ToValue,
                &row.stripe_event_id,
                &row.event_type,
                &row.subject,
                &row.state,
                &row.attempts,
                &row.last_error,
                &row.happened_at,
                &row.received_at,
                &row.settled_at,
            ]
        });
        let stored: Vec<(ProjectId, String)> = self.list(&sql, &values.collect::<Vec<_>>())?;
        // One that comes twice at once is stored as it came first.
        let find = |(project, id): &(ProjectId, String)| {
            events.iter().find(|event| event.row.project_id == *project && event.row.stripe_event_id == *id)
        };
        let new = stored.iter().filter_map(find).collect::<Vec<_>>();
        self.insert_payloads(&new)?;
        Ok(new.into_iter().map(|event| &event.row).collect())
    }

    fn insert_payloads(&mut self, events: &[&ReceivedEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let values = events.iter().flat_map(|ReceivedEvent { row, payload }| {
            [&row.project_id as &dyn ToValue, &row.stripe_event_id, &row.received_at, payload]
        });
        self.send(&PAYLOADS.insert_many(events.len()), &values.collect::<Vec<_>>())
    }
}

impl Tx<'_> {
    /// Subjects with an event that has waited since before then (all projects), the longest waiting first.
    pub fn waiting_stripe_subjects(
        &mut self,
        received_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, String)>, StoreError> {
        self.list(
            "SELECT project_id, subject FROM stripe_events WHERE state = 'waiting' AND received_at < $1 \
             GROUP BY project_id, subject ORDER BY MIN(received_at), subject LIMIT $2",
            params![received_before, limit],
        )
    }

    /// Forgets what events (of all projects) said that were done with before then, those that came first before the others;
    /// answers how many it were.
    pub fn forget_stripe_payloads(
        &mut self,
        settled_before: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.execute(FORGET, params![settled_before, limit])
    }
}

/// By the age of what is kept, whose order SQLite keeps in a cross join: it would else begin with all events.
const FORGET: &str = "DELETE FROM stripe_event_payloads WHERE (project_id, stripe_event_id) IN (\
     SELECT said.project_id, said.stripe_event_id FROM stripe_event_payloads AS said CROSS JOIN stripe_events AS event \
     WHERE event.project_id = said.project_id AND event.stripe_event_id = said.stripe_event_id \
     AND said.received_at < $1 AND event.settled_at < $1 ORDER BY said.received_at LIMIT $2)";

fn waiting_of() -> String {
    format!(
        "{} WHERE project_id = $1 AND subject = $2 AND state = 'waiting' \
         ORDER BY happened_at, received_at, stripe_event_id",
        STRIPE_EVENTS.select_with(PAYLOAD)
    )
}

/// Whether an event about a payment intent ever came, as a condition: of what stands at these places. What subscriptions are
/// told of is most of the inbox, and not in the index.
pub(super) fn knows_payment(project: &str, payment_intent: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM stripe_events WHERE project_id = {project} AND subject = {payment_intent} \
         AND substr(subject, 1, 4) <> 'sub_')"
    )
}

impl StripeEvents<'_> {
    /// The events about a subject that are still to be applied, in the order in which they happened.
    pub fn waiting_of(&mut self, subject: &str) -> Result<Vec<ReceivedEvent>, StoreError> {
        self.tx.list(&waiting_of(), params![self.project, subject])
    }

    /// Whether an event about this payment intent ever came, `pi_…`.
    pub fn knows_payment(&mut self, payment_intent: &str) -> Result<bool, StoreError> {
        self.tx.one(&format!("SELECT {}", knows_payment("$1", "$2")), params![self.project, payment_intent])
    }

    /// The event that Stripe calls so.
    pub fn find(&mut self, stripe_event_id: &str) -> Result<Option<StripeEventRow>, StoreError> {
        self.tx
            .optional(&STRIPE_EVENTS.select("stripe_event_id = $2"), params![self.project, stripe_event_id])
    }

    /// What an event said; nothing once it was kept for long enough.
    pub fn payload(&mut self, stripe_event_id: &str) -> Result<Option<String>, StoreError> {
        self.tx.optional(
            "SELECT payload FROM stripe_event_payloads WHERE project_id = $1 AND stripe_event_id = $2",
            params![self.project, stripe_event_id],
        )
    }

    /// The latest events to arrive in one of these states; of every state when there is none.
    pub fn list(
        &mut self,
        states: &[StripeEventState],
        limit: u32,
    ) -> Result<Vec<StripeEventRow>, StoreError> {
        let sql = STRIPE_EVENTS.select(&format!(
            "state IN ({}) ORDER BY received_at DESC, stripe_event_id DESC LIMIT $2",
            spelled(states)
        ));
        self.tx.list(&sql, params![self.project, limit])
    }

    /// The events are done with.
    pub fn settle(&mut self, stripe_event_ids: &[&str], now: Timestamp) -> Result<(), StoreError> {
        for ids in stripe_event_ids.chunks(SETTLED_AT_ONCE) {
            let places = (3..3 + ids.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
            let mut values: Vec<&dyn ToValue> = vec![&self.project, &now];
            values.extend(ids.iter().map(|id| id as &dyn ToValue));
            let touched = self.tx.execute(
                &format!(
                    "UPDATE stripe_events SET state = 'done', settled_at = $2 \
                     WHERE project_id = $1 AND stripe_event_id IN ({places})"
                ),
                &values,
            )?;
            expect_all(touched, ids.len())?;
        }
        Ok(())
    }

    /// Applying the event failed, so often by now; parked, it waits for an operator and no longer for us.
    pub fn record_failure(
        &mut self,
        stripe_event_id: &str,
        error: &str,
        attempts: u32,
        parked: bool,
    ) -> Result<(), StoreError> {
        let state = if parked { StripeEventState::Parked } else { StripeEventState::Waiting };
        let touched = self.tx.execute(
            "UPDATE stripe_events SET state = $3, attempts = $4, last_error = $5 \
             WHERE project_id = $1 AND stripe_event_id = $2",
            params![self.project, stripe_event_id, state, attempts, error],
        )?;
        expect_one(touched)
    }

    /// Has a parked event wait again, its attempts forgotten; answers whether it was parked.
    pub fn release(&mut self, stripe_event_id: &str) -> Result<bool, StoreError> {
        let touched = self.tx.execute(
            "UPDATE stripe_events SET state = 'waiting', attempts = 0 \
             WHERE project_id = $1 AND stripe_event_id = $2 AND state = 'parked'",
            params![self.project, stripe_event_id],
        )?;
        Ok(touched == 1)
    }
}

/// The states as SQL writes them; all of them when none is given.
fn spelled(states: &[StripeEventState]) -> String {
    let states = if states.is_empty() { StripeEventState::ALL } else { states };
    states.iter().map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(", ")
}

impl FromRow for StripeEventRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            project_id: row.take()?,
            stripe_event_id: row.take()?,
            event_type: row.take()?,
            subject: row.take()?,
            state: row.take()?,
            attempts: row.take()?,
            last_error: row.take()?,
            happened_at: row.take()?,
            received_at: row.take()?,
            settled_at: row.take()?,
        })
    }
}

impl FromRow for ReceivedEvent {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { row: StripeEventRow::from_row(row)?, payload: row.take()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn what_may_be_forgotten_is_found_by_its_age() {
        let plan = plan_of(FORGET.to_owned(), 2).await;
        assert!(
            plan.contains("SEARCH said USING INDEX stripe_event_payloads_by_age (received_at<?)"),
            "{plan}"
        );
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[tokio::test]
    async fn what_waits_for_a_subject_is_found_among_what_waits() {
        let plan = plan_of(waiting_of(), 2).await;
        assert!(plan.contains("stripe_events_waiting (project_id=? AND subject=?)"), "{plan}");
    }

    #[tokio::test]
    async fn what_was_heard_of_payments_is_found_beside_subscriptions() {
        let plan = plan_of(format!("SELECT {}", knows_payment("$1", "$2")), 2).await;
        assert!(plan.contains("stripe_events_by_other_subject (project_id=? AND subject=?)"), "{plan}");
    }
}
