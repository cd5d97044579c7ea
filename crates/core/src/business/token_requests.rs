//! Tokens that callers make, see and take back themselves (contract §2.1): never for more than they see.

use perennial_domain::{AppId, BusinessApp, BusinessToken, Id, MemberId, ProjectId, TokenGrant};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;
use uuid::Uuid;

use super::callers::Caller;
use super::tokens::{NewToken, SaveTokenError, create_token_with, revoke_token, token_by_secret};
use crate::context::Cx;

/// What a token is wanted for; at least one.
#[derive(Clone, Debug, Default)]
pub struct TokenRequest {
    /// The id or the code name of an app.
    pub app: Option<String>,
    /// The uid of a business.
    pub business_uid: Option<String>,
    /// The number of a directory.
    pub directory: Option<u32>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum IssueTokenError {
    /// Nothing is named that it would be for.
    #[error("an app, a business or a directory is needed")]
    NothingNamed,
    /// Apps make no tokens, and neither does who was taken back a moment ago.
    #[error("the token cannot make tokens")]
    NotAllowed,
    /// Something is named that is not there, or that the caller does not see.
    #[error("there is no such app, business or directory")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SaveTokenError> for IssueTokenError {
    fn from(error: SaveTokenError) -> Self {
        match error {
            SaveTokenError::Unknown => Self::Unknown,
            SaveTokenError::Store(error) => Self::Store(error),
        }
    }
}

/// A token, with what its parts are called outside.
#[derive(Clone, Debug)]
pub struct SeenToken {
    /// The token.
    pub token: BusinessToken,
    /// The number of its directory.
    pub directory: Option<u32>,
    /// The uid of its business.
    pub business_uid: Option<String>,
    /// The uid of its staff member.
    pub user_uid: Option<String>,
}

/// Makes a token for what the caller sees. It ends with the caller's own, whether that is taken back or expires.
pub fn issue_token(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &TokenRequest,
) -> Result<SecretString, IssueTokenError> {
    if request.app.is_none() && request.business_uid.is_none() && request.directory.is_none() {
        return Err(IssueTokenError::NothingNamed);
    }
    if caller.app.is_some() {
        return Err(IssueTokenError::NotAllowed);
    }
    let (project, own) = (caller.project(), &caller.token);
    // Callers are remembered for a moment: it may have been taken back since.
    let works = tx.business_tokens().lock(project, own.id)?.is_some_and(|own| own.is_valid_at(cx.now()));
    if !works {
        return Err(IssueTokenError::NotAllowed);
    }
    let grant = grant_of(tx, caller, request)?;
    let label = format!("made with {}…", own.hint);
    let new = NewToken { grant, label, expires_at: own.expires_at };
    Ok(create_token_with(cx, tx, project, &new, Some(own.id))?.1)
}

/// Which tokens are asked for, of those that the caller sees. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct TokenQuery {
    /// The id or the code name of an app.
    pub app: Option<String>,
    /// The number of a directory.
    pub directory: Option<u32>,
    /// The uid of a staff member.
    pub user_uid: Option<String>,
}

/// So many of the tokens that work and are for no more than the caller sees, newest first, after so many others.
pub fn seen_tokens(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    query: &TokenQuery,
    part: (u32, u32),
) -> Result<Vec<SeenToken>, StoreError> {
    let project = caller.project();
    let Some(wanted) = wanted(tx, caller, query)? else { return Ok(Vec::new()) };
    let mut seen = Vec::new();
    for token in tx.business_tokens().valid(project, &wanted, cx.now(), part)? {
        let grant = token.grant;
        let directory = grant.directory_id.map_or(Ok(None), |id| tx.directories(project).find(id))?;
        let business = grant.customer_id.map_or(Ok(None), |id| tx.businesses(project).view(id))?;
        let member = grant.member_id.map_or(Ok(None), |id| tx.members(project).find(id))?;
        seen.push(SeenToken {
            token,
            directory: directory.map(|directory| directory.number),
            business_uid: business.map(|business| business.uid),
            user_uid: member.map(|member| member.external_id),
        });
    }
    Ok(seen)
}

/// What the tokens that are asked for have to be for; nothing where there can be none.
fn wanted(tx: &mut Tx<'_>, caller: &Caller, query: &TokenQuery) -> Result<Option<TokenGrant>, StoreError> {
    let project = caller.project();
    let mut wanted = own_grant(caller);
    if caller.app.is_some() {
        return Ok(None);
    }
    if let Some(number) = query.directory {
        let Some(directory) = tx.directories(project).find_by_number(number)? else { return Ok(None) };
        if wanted.directory_id.replace(directory.id).is_some_and(|own| own != directory.id) {
            return Ok(None);
        }
    }
    if let Some(app) = &query.app {
        let Some(app) = app_called(tx, project, app)? else { return Ok(None) };
        wanted.app_id = Some(app.id);
    }
    if let Some(uid) = &query.user_uid {
        let Some(member) = member_called(tx, project, uid)? else { return Ok(None) };
        wanted.member_id = Some(member);
    }
    Ok(Some(wanted))
}

/// Takes the token back that has this secret; answers whether there is one that works and is for no more than the caller
/// sees.
pub fn revoke_seen_token(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    secret: &str,
) -> Result<bool, StoreError> {
    let found = token_by_secret(tx, secret)?.filter(|token| {
        let is_own = token.id == caller.token.id;
        token.project_id == caller.project()
            && token.is_valid_at(cx.now())
            && (is_own || covers(caller, &token.grant))
    });
    found.map_or(Ok(false), |token| revoke_token(cx, tx, caller.project(), token.id))
}

/// Whether all that narrows the caller narrows this as well.
fn covers(caller: &Caller, grant: &TokenGrant) -> bool {
    let own = own_grant(caller);
    caller.app.is_none()
        && own.directory_id.is_none_or(|directory| grant.directory_id == Some(directory))
        && own.customer_id.is_none_or(|customer| grant.customer_id == Some(customer))
}

/// Directory and business that the caller is narrowed to, by the token or for this call.
fn own_grant(caller: &Caller) -> TokenGrant {
    TokenGrant {
        directory_id: caller.directory_id(),
        customer_id: caller.business.as_ref().map(|business| business.business.customer_id),
        ..TokenGrant::default()
    }
}

fn grant_of(tx: &mut Tx<'_>, caller: &Caller, request: &TokenRequest) -> Result<TokenGrant, IssueTokenError> {
    let project = caller.project();
    let mut grant = TokenGrant { app_id: None, ..caller.token.grant };
    if let Some(number) = request.directory {
        let directory = tx.directories(project).find_by_number(number)?.ok_or(IssueTokenError::Unknown)?;
        if caller.directory_id().is_some_and(|own| own != directory.id) {
            return Err(IssueTokenError::Unknown);
        }
        grant.directory_id = Some(directory.id);
    }
    if let Some(uid) = &request.business_uid {
        let business = tx.businesses(project).view_by_uid(uid)?;
        let business = business.filter(|business| caller.sees_business(business));
        grant.customer_id = Some(business.ok_or(IssueTokenError::Unknown)?.business.customer_id);
    } else if let Some(business) = &caller.business {
        grant.customer_id = Some(business.business.customer_id);
    }
    if let Some(app) = &request.app {
        grant.app_id = Some(app_called(tx, project, app)?.ok_or(IssueTokenError::Unknown)?.id);
    }
    Ok(grant)
}

fn app_called(tx: &mut Tx<'_>, project: ProjectId, name: &str) -> Result<Option<BusinessApp>, StoreError> {
    match Uuid::parse_str(name) {
        Ok(id) => tx.apps(project).find(AppId::from_uuid(id)),
        Err(_) => tx.apps(project).find_by_code_name(name),
    }
}

fn member_called(tx: &mut Tx<'_>, project: ProjectId, uid: &str) -> Result<Option<MemberId>, StoreError> {
    Ok(tx.members(project).find_with_organization(uid)?.map(|(member, _)| member.id))
}
