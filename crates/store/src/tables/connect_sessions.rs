//! Visits to the hosted pages. Their secrets are kept as hashes, written and compared but never read with
//! the row.

use std::sync::LazyLock;

use jiff::Timestamp;
use perennial_domain::{
    ConnectSession, ConnectSessionId, CustomerId, CustomerStatus, ProductId, ProductKind,
};
use serde::Deserialize;
use url::Url;

use super::ConnectSessions;
use super::table::{Table, expect_one};
use super::values::{Json, json, optional_json};
use crate::{Columns, FromRow, StoreError, Tx, params};

const CONNECT_SESSIONS: Table = Table::new(
    "connect_sessions",
    "id, project_id, intent, callback, appearance, customer_id, user_details, token_expires_at, entered_at, \
     browser_expires_at, progress, checkout_id, outcome, created_at",
);

/// What nearly every request for a session is checked against.
#[derive(Clone, Debug)]
pub struct SessionGrounds {
    /// Where the operator lets callbacks lead.
    pub callback_allow_list: Vec<Url>,
    /// How the customer stands; nothing if there is none with this id.
    pub customer: Option<CustomerStatus>,
    /// What kind of product the plan is; nothing if there is none with this id.
    pub plan: Option<ProductKind>,
}

/// That part of a project's settings.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CallbackSettings {
    callback_allow_list: Vec<Url>,
}

static INSERT: LazyLock<String> = LazyLock::new(|| CONNECT_SESSIONS.insert_with("token_hash"));

impl Tx<'_> {
    /// The session with this id, of whatever project (all projects): the pages' addresses carry none.
    pub fn find_connect_session_anywhere(
        &mut self,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError> {
        self.optional(&format!("{} WHERE id = $1", CONNECT_SESSIONS.select_all()), params![id])
    }

    /// The sessions whose page for a card is to be asked about by now (all projects), the longest due first.
    pub fn due_card_pages(&mut self, now: Timestamp, limit: u32) -> Result<Vec<ConnectSession>, StoreError> {
        let sql = format!(
            "{} WHERE card_page_look_at <= $1 ORDER BY card_page_look_at LIMIT $2",
            CONNECT_SESSIONS.select_all()
        );
        self.list(&sql, params![now, limit])
    }
}

impl ConnectSessions<'_> {
    /// Finds what a request for a session names, with one statement.
    pub fn grounds(
        &mut self,
        customer: Option<CustomerId>,
        plan: Option<ProductId>,
    ) -> Result<SessionGrounds, StoreError> {
        self.tx.one(
            "SELECT projects.settings, customers.status, products.kind FROM projects \
             LEFT JOIN customers ON customers.project_id = projects.id AND customers.id = $2 \
             LEFT JOIN products ON products.project_id = projects.id AND products.id = $3 \
             WHERE projects.id = $1",
            params![self.project, customer, plan],
        )
    }

    /// Adds a session. Without a token's hash nobody can enter by a link.
    pub fn insert(&mut self, session: &ConnectSession, token_hash: Option<&[u8]>) -> Result<(), StoreError> {
        let values = params![
            session.id,
            self.project,
            json(&session.intent)?,
            session.callback,
            json(&session.appearance)?,
            session.customer_id,
            optional_json(session.user_details.as_ref())?,
            session.token_expires_at,
            session.entered_at,
            session.browser_expires_at,
            json(&session.progress)?,
            session.checkout_id,
            session.outcome,
            session.created_at,
            token_hash,
        ];
        self.tx.send(&INSERT, values)
    }

    /// Writes everything but the ids, the time of creation, the secrets, and the times that belong to the
    /// secrets: those change by [`ConnectSessions::consume_token`] and [`ConnectSessions::replace_token`].
    pub fn update(&mut self, session: &ConnectSession) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE connect_sessions SET intent = $3, callback = $4, appearance = $5, customer_id = $6, \
             user_details = $7, progress = $8, checkout_id = $9, outcome = $10, card_page_look_at = $11 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                session.id,
                json(&session.intent)?,
                session.callback,
                json(&session.appearance)?,
                session.customer_id,
                optional_json(session.user_details.as_ref())?,
                json(&session.progress)?,
                session.checkout_id,
                session.outcome,
                session.progress.card_page.as_ref().and_then(|page| page.look_at),
            ],
        )?;
        expect_one(touched)
    }

    /// The session with this id.
    pub fn find(&mut self, id: ConnectSessionId) -> Result<Option<ConnectSession>, StoreError> {
        self.tx.optional(&CONNECT_SESSIONS.select("id = $2"), params![self.project, id])
    }

    /// The session with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: ConnectSessionId) -> Result<Option<ConnectSession>, StoreError> {
        self.tx.optional(&CONNECT_SESSIONS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// Lets a browser in by the link's token, and answers whether it may come in.
    ///
    /// One statement decides, so of two browsers with one link only the first enters.
    pub fn consume_token(
        &mut self,
        id: ConnectSessionId,
        token_hash: &[u8],
        browser_hash: &[u8],
        now: Timestamp,
        browser_expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let touched = self.tx.execute(
            "UPDATE connect_sessions SET entered_at = $5, browser_hash = $4, browser_expires_at = $6 \
             WHERE project_id = $1 AND id = $2 AND token_hash = $3 AND entered_at IS NULL \
             AND token_expires_at > $5",
            params![self.project, id, token_hash, browser_hash, now, browser_expires_at],
        )?;
        Ok(touched == 1)
    }

    /// Lets a browser in that has proved who it is. One that was in before is locked out.
    pub fn admit(
        &mut self,
        id: ConnectSessionId,
        browser_hash: &[u8],
        now: Timestamp,
        browser_expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE connect_sessions SET entered_at = $4, browser_hash = $3, browser_expires_at = $5 \
             WHERE project_id = $1 AND id = $2",
            params![self.project, id, browser_hash, now, browser_expires_at],
        )?;
        expect_one(touched)
    }

    /// The hash of the secret that the browser was given when it entered.
    pub fn browser_hash(&mut self, id: ConnectSessionId) -> Result<Option<Vec<u8>>, StoreError> {
        let hash = self.tx.optional::<Option<Vec<u8>>>(
            "SELECT browser_hash FROM connect_sessions WHERE project_id = $1 AND id = $2",
            params![self.project, id],
        )?;
        Ok(hash.flatten())
    }

    /// Lets the browser that is in act until then, if that is longer than it may already.
    pub fn extend_browser(&mut self, id: ConnectSessionId, until: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE connect_sessions SET browser_expires_at = $3 \
             WHERE project_id = $1 AND id = $2 AND browser_expires_at < $3",
            params![self.project, id, until],
        )?;
        Ok(())
    }

    /// Gives the session another link, as if nobody had entered: the old link and the browser that came in
    /// by it are locked out.
    pub fn replace_token(
        &mut self,
        id: ConnectSessionId,
        token_hash: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE connect_sessions SET token_hash = $3, token_expires_at = $4, entered_at = NULL, \
             browser_hash = NULL, browser_expires_at = NULL WHERE project_id = $1 AND id = $2",
            params![self.project, id, token_hash, expires_at],
        )?;
        expect_one(touched)
    }
}

impl FromRow for SessionGrounds {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let CallbackSettings { callback_allow_list } = row.take::<Json<_>>()?.0;
        Ok(Self { callback_allow_list, customer: row.take()?, plan: row.take()? })
    }
}

impl FromRow for ConnectSession {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            intent: row.take::<Json<_>>()?.0,
            callback: row.take()?,
            appearance: row.take::<Json<_>>()?.0,
            customer_id: row.take()?,
            user_details: row.take::<Option<Json<_>>>()?.map(|details| details.0),
            token_expires_at: row.take()?,
            entered_at: row.take()?,
            browser_expires_at: row.take()?,
            progress: row.take::<Json<_>>()?.0,
            checkout_id: row.take()?,
            outcome: row.take()?,
            created_at: row.take()?,
        })
    }
}
