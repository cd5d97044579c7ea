//! The outbox: mails that became necessary, and what became of them.

use perennial_domain::{Letter, MailId, QueuedMail};

use super::Mails;
use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, params};

const MAILS: Table =
    Table::new("mails", "id, project_id, customer_id, letter, state, note, created_at, settled_at");

impl Mails<'_> {
    /// Adds a mail, and answers whether it is new: a letter of the same key is queued once, however often it is told.
    pub fn insert(&mut self, mail: &QueuedMail) -> Result<bool, StoreError> {
        let dedupe_key = mail.letter.dedupe_key();
        let values = params![
            mail.id,
            self.project,
            mail.customer_id,
            json(&mail.letter)?,
            mail.state,
            mail.note,
            mail.created_at,
            mail.settled_at,
            dedupe_key,
        ];
        let sql =
            format!("{} ON CONFLICT (project_id, dedupe_key) DO NOTHING", MAILS.insert_with("dedupe_key"));
        Ok(self.tx.execute(&sql, values)? == 1)
    }

    /// Writes what became of it.
    pub fn update(&mut self, mail: &QueuedMail) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE mails SET state = $3, note = $4, settled_at = $5 WHERE project_id = $1 AND id = $2",
            params![self.project, mail.id, mail.state, mail.note, mail.settled_at],
        )?;
        expect_one(touched)
    }

    /// The mail with this id.
    pub fn find(&mut self, id: MailId) -> Result<Option<QueuedMail>, StoreError> {
        self.tx.optional(&MAILS.select("id = $2"), params![self.project, id])
    }

    /// The mail about this, if there is one.
    pub fn find_by_letter(&mut self, letter: &Letter) -> Result<Option<QueuedMail>, StoreError> {
        self.tx.optional(&MAILS.select("dedupe_key = $2"), params![self.project, letter.dedupe_key()])
    }

    /// The newest mails, newest first.
    pub fn newest(&mut self, limit: u32) -> Result<Vec<QueuedMail>, StoreError> {
        let sql = MAILS.select("id IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2");
        self.tx.list(&sql, params![self.project, limit])
    }
}

impl FromRow for QueuedMail {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            letter: row.take::<Json<_>>()?.0,
            state: row.take()?,
            note: row.take()?,
            created_at: row.take()?,
            settled_at: row.take()?,
        })
    }
}
