//! Tokens of the third door (contract §2): 64 hexadecimal digits, of which only a hash is kept.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{BusinessToken, BusinessTokenId, ProjectId, TokenGrant};
use perennial_store::{StoreError, Tx};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};

use crate::batches::in_batches;
use crate::context::{App, Cx};
use crate::secrets::{self, SecretHash};
use crate::webhooks_out::end_with_token;

/// So many characters tell an owner which of their tokens one is, and are of no use to others.
const HINT_CHARACTERS: usize = 8;
/// For so long a token is known that ended by itself, for whoever looks into why calls are refused.
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(24);

/// A token that is wanted.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub grant: TokenGrant,
    /// What the operator calls it.
    pub label: String,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum SaveTokenError {
    /// The directory, business, app or member is none of the project's, or they do not belong together.
    #[error("there is no such directory, business, app or member")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a token. The secret is answered once and never again.
pub fn create_token(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewToken,
) -> Result<(BusinessToken, SecretString), SaveTokenError> {
    create_token_with(cx, tx, project_id, new, None)
}

/// The same, with another token: it ends with that.
pub(super) fn create_token_with(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewToken,
    made_with_id: Option<BusinessTokenId>,
) -> Result<(BusinessToken, SecretString), SaveTokenError> {
    let secret = fresh_token();
    let hint = secret.expose_secret().chars().take(HINT_CHARACTERS).collect();
    let hash = secrets::hash(secret.expose_secret());
    let token = insert(tx, BusinessToken { made_with_id, hint, ..fresh(cx, project_id, new) }, &hash)?;
    Ok((token, secret))
}

/// A token that only its owner knows.
pub(crate) fn create_token_of_hash(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewToken,
    hash: &SecretHash,
) -> Result<BusinessToken, SaveTokenError> {
    insert(tx, fresh(cx, project_id, new), hash)
}

fn fresh(cx: &Cx, project_id: ProjectId, new: &NewToken) -> BusinessToken {
    BusinessToken {
        id: cx.id(),
        project_id,
        grant: new.grant,
        hint: String::new(),
        label: new.label.clone(),
        made_with_id: None,
        created_at: cx.now(),
        expires_at: new.expires_at,
        revoked_at: None,
    }
}

fn insert(tx: &mut Tx<'_>, token: BusinessToken, hash: &SecretHash) -> Result<BusinessToken, SaveTokenError> {
    check_grant(tx, token.project_id, &token.grant)?;
    tx.business_tokens().insert(&token, hash)?;
    Ok(token)
}

/// So many of the project's tokens that work, newest first, after so many others.
pub fn list_tokens(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    part: (u32, u32),
) -> Result<Vec<BusinessToken>, StoreError> {
    tx.business_tokens().valid(project, &TokenGrant::default(), cx.now(), part)
}

/// The token with this secret, of whatever project. It may not work any more.
pub fn token_by_secret(tx: &mut Tx<'_>, secret: &str) -> Result<Option<BusinessToken>, StoreError> {
    tx.business_tokens().find_by_hash(&secrets::hash(secret))
}

/// Takes a token back, with all that were made with it and the webhooks that were asked for with them; answers whether there was one.
pub fn revoke_token(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: BusinessTokenId,
) -> Result<bool, StoreError> {
    let found = tx.business_tokens().find(project, id)?;
    if found.is_some() {
        for token in tx.business_tokens().revoke(project, id, cx.now())? {
            end_with_token(cx, tx, project, token)?;
        }
    }
    Ok(found.is_some())
}

/// Takes the token back that has this secret; answers whether the project has one that worked.
pub fn revoke_token_by_secret(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    secret: &str,
) -> Result<bool, StoreError> {
    let found = token_by_secret(tx, secret)?;
    let found = found.filter(|token| token.project_id == project && token.is_valid_at(cx.now()));
    let Some(token) = found else { return Ok(false) };
    revoke_token(cx, tx, project, token.id)
}

/// Takes tokens away that ended by themselves a day ago or more; answers how many.
pub async fn sweep_business_tokens(app: &App) -> Result<u64, StoreError> {
    in_batches(app, |cx, tx| tx.delete_ended_business_tokens(cx.now() - KEPT_AFTER_END)).await
}

fn check_grant(tx: &mut Tx<'_>, project: ProjectId, grant: &TokenGrant) -> Result<(), SaveTokenError> {
    if let Some(directory) = grant.directory_id {
        tx.directories(project).find(directory)?.ok_or(SaveTokenError::Unknown)?;
    }
    if let Some(app) = grant.app_id {
        tx.apps(project).find(app)?.ok_or(SaveTokenError::Unknown)?;
    }
    if let Some(customer) = grant.customer_id {
        let business = tx.businesses(project).find(customer)?;
        let in_directory = |directory| grant.directory_id.is_none_or(|wanted| wanted == directory);
        business.filter(|business| in_directory(business.directory_id)).ok_or(SaveTokenError::Unknown)?;
    }
    if let Some(member) = grant.member_id {
        let member = tx.members(project).find(member)?;
        let acts_for_it =
            |organization: Option<_>| organization.is_some() && organization == grant.customer_id;
        member.filter(|member| acts_for_it(member.customer_id)).ok_or(SaveTokenError::Unknown)?;
    }
    Ok(())
}

/// A fresh secret: 64 hexadecimal digits (contract §2).
pub(super) fn fresh_token() -> SecretString {
    let bytes = rand::rng().random::<[u8; 32]>();
    let mut text = String::with_capacity(64);
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    SecretString::from(text)
}
