//! Logging in, staying logged in, and logging out.
//!
//! A log-in is a family of refresh tokens. Each is used once and replaced by the next; one that comes back after it was
//! used has been copied, and nobody can tell which of the two holders is the member: the whole family ends
//! (RFC 9700 §4.14.2).

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Email, Member, ProjectId, TokenId};
use perennial_store::tables::RefreshTokenRow;
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::passwords::{self, PasswordError};
use super::tries::{self, Counted, Subjects};
use crate::context::{App, Cx};
use crate::secrets;

const PREFIX: &str = "rt_";
const CHARACTERS: usize = 43;

/// What somebody logs in with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The address, as it was typed.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// Where they log in from, if that is known.
    pub from: Option<IpAddr>,
}

/// Somebody is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// Who.
    pub member: Member,
    /// The log-in, for as long as it lasts.
    pub family: TokenId,
    /// What it is continued with, once.
    pub refresh_token: SecretString,
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Nobody has this address.
    #[error("no member has this e-mail address")]
    UnknownMember,
    /// They log in another way.
    #[error("the member has no password")]
    NoPassword,
    /// Not theirs.
    #[error("the password is wrong")]
    WrongPassword,
    /// The operator keeps them out.
    #[error("the member is not active")]
    Inactive,
    /// Too many tries failed lately, for this address or from this network.
    #[error("logging in was tried too often")]
    TooManyTries {
        /// When trying makes sense again.
        until: Timestamp,
    },
    /// The password cannot be compared.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a log-in does not go on.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Never given out, over, or used before.
    #[error("the refresh token is not valid")]
    Refused,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Logs a member in. `lifetime` is how long the log-in lasts without being used.
pub async fn log_in(
    app: &App,
    project: ProjectId,
    Credentials { email, password, from }: Credentials,
    lifetime: SignedDuration,
) -> Result<LoggedIn, LoginError> {
    let key = Email::parse(&email).map_err(|_| LoginError::UnknownMember)?.key();
    let subjects = Subjects::of(app.vault(), &key, from);
    let (found, counted) = app
        .write(move |cx, tx| {
            let found = find_locked(tx, project, &key)?;
            Ok::<_, StoreError>((found, tries::count(cx, tx, project, &subjects)?))
        })
        .await?;
    let tried = match counted {
        Counted::Try(id) => id,
        Counted::TooMany(until) => return Err(LoginError::TooManyTries { until }),
    };
    let (member, kept) = found.ok_or(LoginError::UnknownMember)?;
    let kept = kept.ok_or(LoginError::NoPassword)?;
    if !passwords::is_right(password, kept.clone()).await? {
        return Err(LoginError::WrongPassword);
    }
    app.write(move |cx, tx| {
        // While the password was compared the operator may have shut them out, or given them another one: then this is
        // a log-in with the old one, which ends with all others.
        let member = tx.members(project).lock(member.id)?.filter(|member| member.is_active);
        let member = member.ok_or(LoginError::Inactive)?;
        if tx.members(project).password_hash(member.id)?.as_ref() != Some(&kept) {
            return Err(LoginError::WrongPassword);
        }
        tx.login_tries(project).delete(tried)?;
        tx.refresh_tokens(project).forget_expired(member.id, cx.now())?;
        let first = cx.id();
        let token = Successor { id: first, family: first, expires_at: cx.now() + lifetime };
        Ok(grant(cx, tx, project, member, token)?)
    })
    .await
}

/// The member with this address, and the hash of their password. They stay locked, so that their tries are counted one
/// after the other.
fn find_locked(
    tx: &mut Tx<'_>,
    project: ProjectId,
    email_key: &str,
) -> Result<Option<(Member, Option<String>)>, StoreError> {
    let Some(member) = tx.members(project).find_by_email(email_key)? else { return Ok(None) };
    let Some(member) = tx.members(project).lock(member.id)? else { return Ok(None) };
    let kept = tx.members(project).password_hash(member.id)?;
    Ok(Some((member, kept)))
}

/// Exchanges a refresh token for the next one.
pub async fn refresh(
    app: &App,
    project: ProjectId,
    token: &SecretString,
    lifetime: SignedDuration,
) -> Result<LoggedIn, RefreshError> {
    let hash = secrets::hash(token.expose_secret());
    // That a stolen token ended its family has to be kept: it is an answer of the transaction, and no error of it.
    let exchanged = app.write(move |cx, tx| exchange(cx, tx, project, &hash, lifetime)).await?;
    exchanged.ok_or(RefreshError::Refused)
}

/// Ends the log-in that a refresh token belongs to. A token that nobody knows ends nothing.
pub async fn log_out(app: &App, project: ProjectId, token: &SecretString) -> Result<(), StoreError> {
    let hash = secrets::hash(token.expose_secret());
    app.write(move |cx, tx| match tx.refresh_tokens(project).lock_by_hash(&hash)? {
        Some(known) => tx.refresh_tokens(project).revoke_family(known.family_id, cx.now()),
        None => Ok(()),
    })
    .await
}

fn exchange(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    hash: &[u8],
    lifetime: SignedDuration,
) -> Result<Option<LoggedIn>, StoreError> {
    let Some(known) = tx.refresh_tokens(project).lock_by_hash(hash)? else { return Ok(None) };
    if known.revoked_at.is_some() || known.expires_at <= cx.now() {
        return Ok(None);
    }
    if known.used_at.is_some() {
        tracing::warn!(member.id = %known.member_id, "a refresh token was used twice, its log-in ends");
        tx.refresh_tokens(project).revoke_family(known.family_id, cx.now())?;
        return Ok(None);
    }
    let member = tx.members(project).find(known.member_id)?.filter(|member| member.is_active);
    let Some(member) = member else { return Ok(None) };
    tx.refresh_tokens(project).note_use(known.id, cx.now())?;
    let token = Successor { id: cx.id(), family: known.family_id, expires_at: cx.now() + lifetime };
    grant(cx, tx, project, member, token).map(Some)
}

/// A refresh token to come.
struct Successor {
    id: TokenId,
    family: TokenId,
    expires_at: Timestamp,
}

fn grant(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    member: Member,
    Successor { id, family, expires_at }: Successor,
) -> Result<LoggedIn, StoreError> {
    let refresh_token = secrets::fresh_secret(PREFIX, CHARACTERS);
    tx.refresh_tokens(project).insert(&RefreshTokenRow {
        id,
        family_id: family,
        member_id: member.id,
        secret_hash: secrets::hash(refresh_token.expose_secret()).to_vec(),
        created_at: cx.now(),
        expires_at,
        used_at: None,
        revoked_at: None,
    })?;
    Ok(LoggedIn { member, family, refresh_token })
}
