//! Changing a session that an app has asked for.

use jiff::SignedDuration;
use perennial_domain::{Appearance, Callback, ConnectSession, ConnectSessionId, ProjectId};
use perennial_store::Tx;
use perennial_store::tables::SessionGrounds;
use secrecy::{ExposeSecret, SecretString};

use super::create::{ConnectSessionError, OpenedSession, Visitor, check_visitor, find_grounds, fresh_token};
use super::intent;
use crate::change::Change;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::secrets::hash;

/// A change to a session. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SessionPatch {
    /// Another look.
    pub appearance: Option<Appearance>,
    /// Another way back, or none.
    pub callback: Change<Option<String>>,
    /// Who will come, where that was not known.
    pub visitor: Option<Visitor>,
}

/// Changes a session. Where a visitor is named, the session gets a new link, and its token is answered.
pub fn update(
    cx: &Cx,
    tx: &mut Tx<'_>,
    link_lifetime: SignedDuration,
    project: ProjectId,
    id: ConnectSessionId,
    patch: &SessionPatch,
) -> Result<OpenedSession, ConnectSessionError> {
    let mut session = tx.connect_sessions(project).lock(id)?.ok_or(ConnectSessionError::Unknown(id))?;
    let grounds = find_grounds(tx, project, patch.visitor.as_ref(), &session.intent)?;
    if let Some(appearance) = patch.appearance {
        session.appearance = appearance;
    }
    if let Change::To(callback) = &patch.callback {
        let parse = |text| Callback::parse(text, &grounds.callback_allow_list);
        session.callback = callback.as_deref().map(parse).transpose()?;
    }
    let token = match &patch.visitor {
        Some(visitor) => Some(attach(cx, tx, &grounds, &mut session, visitor)?),
        None => None,
    };
    tx.connect_sessions(project).update(&session)?;
    if let Some(token) = &token {
        let expires_at = cx.now() + link_lifetime;
        tx.connect_sessions(project).replace_token(id, &hash(token.expose_secret()), expires_at)?;
        session.token_expires_at = Some(expires_at);
    }
    record(cx, tx, project, Happening::ConnectSessionUpdated, id)?;
    Ok(OpenedSession { session, token })
}

/// Says who will come, and makes the token of their link.
fn attach(
    cx: &Cx,
    tx: &mut Tx<'_>,
    grounds: &SessionGrounds,
    session: &mut ConnectSession,
    visitor: &Visitor,
) -> Result<SecretString, ConnectSessionError> {
    if session.customer_id.is_some() {
        return Err(ConnectSessionError::AlreadyAttached);
    }
    let owner = check_visitor(cx, tx, session.project_id, grounds, visitor)?;
    intent::check(tx, session.project_id, grounds, owner, &session.intent)?;
    (session.customer_id, session.user_details) = match visitor.clone() {
        Visitor::Known(id) => (Some(id), None),
        Visitor::New(details) => (None, Some(details)),
    };
    Ok(fresh_token())
}
