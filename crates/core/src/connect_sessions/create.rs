//! Asking for a visit.

use jiff::SignedDuration;
use perennial_domain::{
    Appearance, Callback, CallbackError, ConnectSession, ConnectSessionId, CustomerId, CustomerStatus,
    Intent, Metadata, MetadataError, Progress, ProjectId, UserDetails,
};
use perennial_store::tables::SessionGrounds;
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::intent::{self, IntentError, Owner};
use crate::context::Cx;
use crate::customers::{FactError, check_birthday, check_full_name, check_locale};
use crate::events::{Happening, Subject, record_known};
use crate::secrets::{fresh_secret, hash};

/// Who will come.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// A customer.
    Known(CustomerId),
    /// Somebody who becomes a customer by coming.
    New(UserDetails),
}

/// What an app asks for.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What for.
    pub intent: Intent,
    /// Where to go back to, as it was written.
    pub callback: Option<String>,
    /// How it should look.
    pub appearance: Appearance,
    /// Who will come; who is not named logs in on the pages.
    pub visitor: Option<Visitor>,
}

/// A session, and the secret of its link where somebody is expected.
#[derive(Debug)]
pub struct OpenedSession {
    /// The session.
    pub session: ConnectSession,
    /// Answered once: only its hash is kept.
    pub token: Option<SecretString>,
}

/// Why there will be no visit.
#[derive(Debug, thiserror::Error)]
pub enum ConnectSessionError {
    /// No such session.
    #[error("there is no connect session {0}")]
    Unknown(ConnectSessionId),
    /// What the intent names is refused.
    #[error(transparent)]
    Intent(#[from] IntentError),
    /// Where to go back to is refused.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// No such customer.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// The customer is blocked or deleted.
    #[error("customer {0} may not act")]
    CustomerInactive(CustomerId),
    /// The address is a customer's already, who should be named instead.
    #[error("another customer has this e-mail address")]
    EmailTaken,
    /// The details cannot be anybody's.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The strings in the details are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The session has its customer, and keeps them.
    #[error("the connect session has its customer already")]
    AlreadyAttached,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// contracts/projects-api.md §2.13.5.
const TOKEN_CHARACTERS: usize = 64;

/// Makes a session. Its link works for `link_lifetime`.
pub fn create(
    cx: &Cx,
    tx: &mut Tx<'_>,
    link_lifetime: SignedDuration,
    project: ProjectId,
    request: &NewSession,
) -> Result<OpenedSession, ConnectSessionError> {
    let grounds = find_grounds(tx, project, request.visitor.as_ref(), &request.intent)?;
    let callback = request.callback.as_deref();
    let callback = callback.map(|text| Callback::parse(text, &grounds.callback_allow_list)).transpose()?;
    let owner = match &request.visitor {
        Some(visitor) => check_visitor(cx, tx, project, &grounds, visitor)?,
        None => Owner::Anyone,
    };
    intent::check(tx, project, &grounds, owner, &request.intent)?;
    let token = request.visitor.is_some().then(fresh_token);
    let (customer_id, user_details) = match request.visitor.clone() {
        Some(Visitor::Known(id)) => (Some(id), None),
        Some(Visitor::New(details)) => (None, Some(details)),
        None => (None, None),
    };
    let session = ConnectSession {
        id: cx.id(),
        project_id: project,
        intent: request.intent.clone(),
        callback,
        appearance: request.appearance,
        customer_id,
        user_details,
        token_expires_at: token.as_ref().map(|_| cx.now() + link_lifetime),
        entered_at: None,
        browser_expires_at: None,
        progress: Progress::default(),
        checkout_id: None,
        outcome: None,
        created_at: cx.now(),
    };
    insert(cx, tx, &session, token.as_ref())?;
    Ok(OpenedSession { session, token })
}

/// Keeps it, with its token hashed, and tells of it.
fn insert(
    cx: &Cx,
    tx: &mut Tx<'_>,
    session: &ConnectSession,
    token: Option<&SecretString>,
) -> Result<(), StoreError> {
    let token_hash = token.map(|token| hash(token.expose_secret()));
    let project = session.project_id;
    tx.connect_sessions(project).insert(session, token_hash.as_ref().map(<[u8; 32]>::as_slice))?;
    let known = Subject::ConnectSession(Box::new(session.clone()));
    record_known(cx, project, Happening::ConnectSessionCreated, session.id, known);
    Ok(())
}

pub(super) fn fresh_token() -> SecretString {
    fresh_secret("", TOKEN_CHARACTERS)
}

/// Finds what every request is checked against, before it is known to name more.
pub(super) fn find_grounds(
    tx: &mut Tx<'_>,
    project: ProjectId,
    visitor: Option<&Visitor>,
    intent: &Intent,
) -> Result<SessionGrounds, StoreError> {
    let customer = visitor.and_then(|visitor| match visitor {
        Visitor::Known(id) => Some(*id),
        Visitor::New(_) => None,
    });
    tx.connect_sessions(project).grounds(customer, intent.plan())
}

/// Whether this visitor can come, and what they may own.
pub(super) fn check_visitor(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    grounds: &SessionGrounds,
    visitor: &Visitor,
) -> Result<Owner, ConnectSessionError> {
    match visitor {
        Visitor::Known(id) => match grounds.customer {
            None => Err(ConnectSessionError::UnknownCustomer(*id)),
            Some(CustomerStatus::Active) => Ok(Owner::Customer(*id)),
            Some(CustomerStatus::Blocked | CustomerStatus::Deleted) => {
                Err(ConnectSessionError::CustomerInactive(*id))
            }
        },
        Visitor::New(details) => {
            check_details(cx, details)?;
            match tx.customers(project).find_by_email(&details.email.key())? {
                Some(_) => Err(ConnectSessionError::EmailTaken),
                None => Ok(Owner::Nobody),
            }
        }
    }
}

/// Checked now, while the app can still mend them, and not first when the customer is there.
fn check_details(cx: &Cx, details: &UserDetails) -> Result<(), ConnectSessionError> {
    details.full_name.as_deref().map(check_full_name).transpose()?;
    details.birthday.map(|birthday| check_birthday(cx, birthday)).transpose()?;
    details.preferred_locale.as_deref().map(check_locale).transpose()?;
    Metadata::default().merge(&details.metadata)?;
    Ok(())
}
