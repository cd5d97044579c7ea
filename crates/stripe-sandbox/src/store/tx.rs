//! One transaction, with the time and the request it serves.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use serde_json::Value;

use super::at_hand::{AtHand, Lacks};
use super::keys::Keys;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::options::Dunning;

/// What stays the same throughout a transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// Seconds since the epoch, by the owner's clock.
    pub(crate) now: i64,
    /// Where the sandbox's pages are.
    pub(crate) base_url: String,
    /// The seller's name.
    pub(crate) merchant_name: String,
    /// What follows a renewal that was not paid.
    pub(crate) dunning: Dunning,
    /// How long a renewal's invoice stays a draft.
    pub(crate) renewal_draft_seconds: i64,
    /// Whether events that no endpoint asked for are kept.
    pub(crate) keep_unheard_events: bool,
    /// The request that caused this, if an API call did.
    pub(crate) request_id: Option<String>,
    /// That request's idempotency key.
    pub(crate) idempotency_key: Option<String>,
    /// The API version that decides the shape of answers.
    pub(crate) version: String,
}

/// Objects as seen and changed by one transaction.
pub(crate) struct Tx<'c> {
    pub(crate) connection: &'c Connection,
    context: Context,
    now: Cell<i64>,
    deliveries_queued: Cell<bool>,
    at_hand: RefCell<AtHand>,
    /// What [`Tx::listening_endpoints`] has read, until an endpoint changes.
    pub(super) endpoints: RefCell<Option<Rc<[Value]>>>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: &'c Connection, context: Context) -> Self {
        let now = Cell::new(context.now);
        Self {
            connection,
            now,
            context,
            deliveries_queued: Cell::default(),
            at_hand: RefCell::default(),
            endpoints: RefCell::default(),
        }
    }

    /// Seconds since the epoch, as the objects at hand see it: by their test clock, or at the time something was due.
    pub(crate) fn now(&self) -> i64 {
        self.now.get()
    }

    /// Seconds since the epoch by the owner's clock, which webhooks and idempotency keys go by.
    pub(crate) fn owners_now(&self) -> i64 {
        self.context.now
    }

    /// Does `work` as if it were another time.
    pub(crate) fn at<T>(&self, time: i64, work: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
        let before = self.now.replace(time);
        let outcome = work();
        self.now.set(before);
        outcome
    }

    /// Does `work` and takes back all that it changed, so that only its answer stays.
    pub(crate) fn rehearse<T>(&self, work: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
        let queued = self.deliveries_queued.get();
        self.write_down()?;
        self.connection.execute_batch("SAVEPOINT rehearsal")?;
        let outcome = work();
        self.connection.execute_batch("ROLLBACK TO rehearsal; RELEASE rehearsal")?;
        self.at_hand.borrow_mut().forget();
        self.deliveries_queued.set(queued);
        outcome
    }

    /// Does `work` and takes back what it changed when it fails, so that the transaction can go on without it.
    pub(crate) fn attempt<T>(&self, work: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.write_down()?;
        self.connection.prepare_cached("SAVEPOINT attempt")?.execute([])?;
        let outcome = work().and_then(|done| self.write_down().map(|()| done));
        if outcome.is_err() {
            self.connection.prepare_cached("ROLLBACK TO attempt")?.execute([])?;
            self.at_hand.borrow_mut().forget();
        }
        self.connection.prepare_cached("RELEASE attempt")?.execute([])?;
        outcome
    }

    /// Notes that webhooks wait to be delivered once this transaction is committed.
    pub(crate) fn note_queued_deliveries(&self) {
        self.deliveries_queued.set(true);
    }

    /// Whether webhooks were queued.
    pub(crate) fn has_queued_deliveries(&self) -> bool {
        self.deliveries_queued.get()
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Adds a new object.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a change may fail; that it is written later is nobody's concern"
    )]
    pub(crate) fn insert(&self, object: &Value) -> Result<(), ApiError> {
        self.note_change_of(object);
        self.at_hand.borrow_mut().add(object);
        Ok(())
    }

    /// Writes a changed object back.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a change may fail; that it is written later is nobody's concern"
    )]
    pub(crate) fn save(&self, object: &Value) -> Result<(), ApiError> {
        self.note_change_of(object);
        self.at_hand.borrow_mut().change(object);
        Ok(())
    }

    /// Gives the database what was added and changed: before it is asked what only it can tell, and at the end.
    pub(crate) fn write_down(&self) -> Result<(), ApiError> {
        self.at_hand.borrow_mut().write_down(|object, lacks| match lacks {
            Lacks::Nothing => Ok(()),
            Lacks::Row => self.insert_row(object),
            Lacks::Body => self.update_body(object),
            Lacks::BodyAndKeys => self.update_body(object).and_then(|()| self.update_keys(object)),
        })
    }

    /// The same, if objects of this kind are among it.
    pub(super) fn write_down_kind(&self, kind: &str) -> Result<(), ApiError> {
        if self.at_hand.borrow().has_unwritten(kind) { self.write_down() } else { Ok(()) }
    }

    /// The new objects of this kind that hold these texts at their paths; `None` where only the database can tell which
    /// ones there are.
    pub(super) fn new_with(&self, kind: &str, texts: &[(String, String)]) -> Option<Vec<Value>> {
        self.at_hand.borrow().new_with(kind, texts)
    }

    /// Whether nothing was added or changed.
    pub(super) fn has_nothing_to_write(&self) -> bool {
        self.at_hand.borrow().is_written()
    }

    fn insert_row(&self, object: &Value) -> Result<(), ApiError> {
        let sql = "INSERT INTO objects
            (id, kind, body, created, customer, subscription, invoice, payment_intent, test_clock, due_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let (id, kind, body) = (object.id(), object.kind(), serde_json::to_string(object)?);
        let own: [&dyn ToSql; 3] = [&id, &kind, &body];
        let keys = Keys::of(object);
        let values = own.into_iter().chain(keys.values());
        self.connection.prepare_cached(sql)?.execute(params_from_iter(values))?;
        Ok(())
    }

    fn update_body(&self, object: &Value) -> Result<(), ApiError> {
        self.connection
            .prepare_cached("UPDATE objects SET body = ?2 WHERE id = ?1")?
            .execute(params![object.id(), serde_json::to_string(object)?])?;
        Ok(())
    }

    /// A column that is named in an update costs its index, even if it stays the same, as it nearly always does.
    fn update_keys(&self, object: &Value) -> Result<(), ApiError> {
        let id = object.id();
        let sql = "UPDATE objects
            SET created = ?2, customer = ?3, subscription = ?4, invoice = ?5, payment_intent = ?6,
                test_clock = ?7, due_at = ?8
            WHERE id = ?1 AND (created IS NOT ?2 OR customer IS NOT ?3 OR subscription IS NOT ?4
                OR invoice IS NOT ?5 OR payment_intent IS NOT ?6 OR test_clock IS NOT ?7 OR due_at IS NOT ?8)";
        let keys = Keys::of(object);
        let values = std::iter::once(&id as &dyn ToSql).chain(keys.values());
        self.connection.prepare_cached(sql)?.execute(params_from_iter(values))?;
        Ok(())
    }

    fn note_change_of(&self, object: &Value) {
        if object.kind() == "webhook_endpoint" {
            self.endpoints.borrow_mut().take();
        }
    }

    /// Removes an object for good.
    pub(crate) fn remove(&self, id: &str) -> Result<(), ApiError> {
        self.endpoints.borrow_mut().take();
        self.at_hand.borrow_mut().drop(id);
        self.connection.prepare_cached("DELETE FROM objects WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    /// The object with this id, whatever it is, as its caller's own; events are no objects in this sense.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Value>, ApiError> {
        Ok(self.look_up(id)?.map(Rc::unwrap_or_clone))
    }

    /// The same, only to be looked at: it is the object as it is now, and a later change makes another one of it.
    pub(crate) fn look_up(&self, id: &str) -> Result<Option<Rc<Value>>, ApiError> {
        if let Some(object) = self.at_hand.borrow().find(id) {
            return Ok(Some(object));
        }
        let mut statement = self.connection.prepare_cached("SELECT body FROM objects WHERE id = ?1")?;
        let Some(body) = statement.query_row([id], |row| row.get::<_, String>(0)).optional()? else {
            return Ok(None);
        };
        let object = Rc::new(serde_json::from_str(&body)?);
        self.at_hand.borrow_mut().keep(&object);
        Ok(Some(object))
    }

    /// The object in a row of an id and a body.
    pub(super) fn read_row(&self, row: &Row<'_>) -> Result<Value, ApiError> {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        match self.at_hand.borrow().find(text(0)?) {
            Some(object) => Ok(Rc::unwrap_or_clone(object)),
            None => Ok(serde_json::from_str(text(1)?)?),
        }
    }

    /// The object of this kind and id; deleted ones count as gone.
    pub(crate) fn find_kind(&self, kind: &str, id: &str) -> Result<Option<Value>, ApiError> {
        if kind == "event" {
            return self.find_event(id);
        }
        Ok(self.look_up(id)?.filter(|object| is_there(object, kind)).map(Rc::unwrap_or_clone))
    }

    /// The object of this kind and id that `param` names, or the refusal that there is none.
    pub(crate) fn get(&self, kind: &str, id: &str, param: &str) -> Result<Value, ApiError> {
        self.find_kind(kind, id)?.ok_or_else(|| ApiError::no_such(kind, id, param))
    }

    /// The object that another one names, which the sandbox itself put there: only to be looked at, as it is now.
    pub(crate) fn linked(&self, kind: &str, id: &str) -> Result<Rc<Value>, ApiError> {
        let found = self.look_up(id)?.filter(|object| is_there(object, kind));
        found.ok_or_else(|| {
            tracing::error!(kind, id, "a stored object names one that is gone");
            ApiError::internal(format!("The sandbox lost {kind} {id}."))
        })
    }

    /// The same as its caller's own: to be changed, or to become part of something else.
    pub(crate) fn linked_copy(&self, kind: &str, id: &str) -> Result<Value, ApiError> {
        self.linked(kind, id).map(Rc::unwrap_or_clone)
    }

    /// The object whose time has come first, by `until`, if any has: among those bound to this test clock, or to none.
    /// A schedule goes before the subscription it changes.
    pub(crate) fn next_due(&self, clock: Option<&str>, until: i64) -> Result<Option<Value>, ApiError> {
        self.write_down()?;
        let sql = "SELECT id, body FROM objects
            WHERE due_at <= ?1 AND test_clock IS ?2
            ORDER BY due_at, kind <> 'subscription_schedule', sequence LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![until, clock])?;
        rows.next()?.map(|row| self.read_row(row)).transpose()
    }
}

/// Whether an object is of this kind, and not deleted.
fn is_there(object: &Value, kind: &str) -> bool {
    object.kind() == kind && !object.flag("deleted")
}
