//! Browsers that have to say who they are, and the codes that they asked for.
//!
//! Hashes are written and compared but never read with the row.

use jiff::Timestamp;
use perennial_domain::{ConnectSessionId, Login, LoginCode, LoginCodeId, LoginId};

use super::Logins;
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, Tx, params};

const LOGINS: Table =
    Table::new("logins", "id, project_id, connect_session_id, email, created_at, expires_at");

const LOGIN_CODES: Table = Table::new(
    "login_codes",
    "id, project_id, login_id, email, locale, tries, requested_at, made_at, used_at",
);

/// How many codes were asked for since some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeCounts {
    /// By the browsers of one visit.
    pub of_session: i64,
    /// To one address.
    pub to_address: i64,
    /// In the whole project.
    pub in_project: i64,
}

const FORGET_CODES: &str = "DELETE FROM login_codes WHERE (project_id, login_id) IN (\
     SELECT project_id, id FROM logins WHERE expires_at < $1)";

impl Tx<'_> {
    /// Forgets browsers that may not prove anything any more, with their codes (all projects); answers how many. The
    /// addresses they gave may be of people who never became customers.
    pub fn sweep_logins(&mut self, expired_before: Timestamp) -> Result<u64, StoreError> {
        self.execute(FORGET_CODES, params![expired_before])?;
        self.execute("DELETE FROM logins WHERE expires_at < $1", params![expired_before])
    }
}

impl Logins<'_> {
    /// The browser with this key, which nobody else changes until the transaction ends; added if it is not known yet. A
    /// browser may say two things at once: one of them adds it, and the other finds it.
    pub fn lock_or_insert(&mut self, login: &Login, browser_hash: &[u8]) -> Result<Login, StoreError> {
        let values = params![
            login.id,
            self.project,
            login.connect_session_id,
            login.email,
            login.created_at,
            login.expires_at,
            browser_hash,
        ];
        let insert = format!(
            "{} ON CONFLICT (project_id, connect_session_id, browser_hash) DO NOTHING",
            LOGINS.insert_with("browser_hash")
        );
        self.tx.execute(&insert, values)?;
        let select = LOGINS.select("connect_session_id = $2 AND browser_hash = $3 FOR UPDATE");
        self.tx.one(&select, params![self.project, login.connect_session_id, browser_hash])
    }

    /// Writes the address that was given.
    pub fn update(&mut self, login: &Login) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE logins SET email = $3 WHERE project_id = $1 AND id = $2",
            params![self.project, login.id, login.email],
        )?;
        expect_one(touched)
    }

    /// The browser with this key, as far as this session is concerned.
    pub fn of_browser(
        &mut self,
        session: ConnectSessionId,
        browser_hash: &[u8],
    ) -> Result<Option<Login>, StoreError> {
        let sql = LOGINS.select("connect_session_id = $2 AND browser_hash = $3");
        self.tx.optional(&sql, params![self.project, session, browser_hash])
    }

    /// The browser with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: LoginId) -> Result<Option<Login>, StoreError> {
        self.tx.optional(&LOGINS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// Adds a code that was asked for. Its digits come later, by [`Logins::make_code`].
    pub fn insert_code(&mut self, code: &LoginCode, session: ConnectSessionId) -> Result<(), StoreError> {
        let email_key = code.email.key();
        self.tx.execute(
            "INSERT INTO login_codes (project_id, id, login_id, email, locale, tries, requested_at, made_at, \
             used_at, connect_session_id, email_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            params![
                self.project,
                code.id,
                code.login_id,
                code.email,
                code.locale,
                code.tries,
                code.requested_at,
                code.made_at,
                code.used_at,
                session,
                email_key,
            ],
        )?;
        Ok(())
    }

    /// The code with this id.
    pub fn find_code(&mut self, id: LoginCodeId) -> Result<Option<LoginCode>, StoreError> {
        self.tx.optional(&LOGIN_CODES.select("id = $2"), params![self.project, id])
    }

    /// The one code of a browser that counts: its newest.
    pub fn newest_code(&mut self, login: LoginId) -> Result<Option<LoginCode>, StoreError> {
        let sql = LOGIN_CODES.select("login_id = $2 ORDER BY requested_at DESC, id DESC LIMIT 1");
        self.tx.optional(&sql, params![self.project, login])
    }

    /// Gives a code its digits, by their keyed hash. They take the place of others that were not sent.
    pub fn make_code(
        &mut self,
        id: LoginCodeId,
        code_hash: &[u8],
        made_at: Timestamp,
    ) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE login_codes SET code_hash = $3, made_at = $4 WHERE project_id = $1 AND id = $2",
            params![self.project, id, code_hash, made_at],
        )?;
        expect_one(touched)
    }

    /// The keyed hash of its digits; `None` until they are made.
    pub fn code_hash(&mut self, id: LoginCodeId) -> Result<Option<Vec<u8>>, StoreError> {
        let hash = self.tx.optional::<Option<Vec<u8>>>(
            "SELECT code_hash FROM login_codes WHERE project_id = $1 AND id = $2",
            params![self.project, id],
        )?;
        Ok(hash.flatten())
    }

    /// Writes how often it was tried, and that it was used.
    pub fn update_code(&mut self, code: &LoginCode) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE login_codes SET tries = $3, used_at = $4 WHERE project_id = $1 AND id = $2",
            params![self.project, code.id, code.tries, code.used_at],
        )?;
        expect_one(touched)
    }

    /// How many codes were asked for since then.
    pub fn count_codes(
        &mut self,
        session: ConnectSessionId,
        email_key: &str,
        since: CodesSince,
    ) -> Result<CodeCounts, StoreError> {
        let of_session = self.tx.one(
            "SELECT count(*) FROM login_codes \
             WHERE project_id = $1 AND connect_session_id = $2 AND requested_at > $3",
            params![self.project, session, since.of_session],
        )?;
        let to_address = self.tx.one(
            "SELECT count(*) FROM login_codes WHERE project_id = $1 AND email_key = $2 AND requested_at > $3",
            params![self.project, email_key, since.to_address],
        )?;
        let in_project = self.tx.one(
            "SELECT count(*) FROM login_codes WHERE project_id = $1 AND requested_at > $2",
            params![self.project, since.in_project],
        )?;
        Ok(CodeCounts { of_session, to_address, in_project })
    }
}

/// Since when to count codes.
#[derive(Clone, Copy, Debug)]
pub struct CodesSince {
    /// By the browsers of one visit.
    pub of_session: Timestamp,
    /// To one address.
    pub to_address: Timestamp,
    /// In the whole project.
    pub in_project: Timestamp,
}

impl FromRow for Login {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            connect_session_id: row.take()?,
            email: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
        })
    }
}

impl FromRow for LoginCode {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            login_id: row.take()?,
            email: row.take()?,
            locale: row.take()?,
            tries: row.take()?,
            requested_at: row.take()?,
            made_at: row.take()?,
            used_at: row.take()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn codes_of_forgotten_browsers_are_found_without_reading_all() {
        let plan = plan_of(FORGET_CODES.to_owned(), 1).await;
        assert!(plan.contains("login_codes_by_login (project_id=? AND login_id=?)"), "{plan}");
        assert!(!plan.contains("SCAN login_codes"), "{plan}");
    }
}
