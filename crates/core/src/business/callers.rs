//! Who calls, and what they may see and do (contract §2).

use perennial_domain::{AppKind, BusinessApp, BusinessToken, CustomerStatus, DirectoryId, Member, ProjectId};
use perennial_store::tables::BusinessView;
use perennial_store::{StoreError, Tx};

use super::held_apps::may_use_app;
use crate::context::Cx;
use crate::secrets::SecretHash;

/// Somebody with a token that works.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token.
    pub token: BusinessToken,
    /// The one business that it is for.
    pub business: Option<BusinessView>,
    /// The app that it is for.
    pub app: Option<BusinessApp>,
    /// The number of the directory that it is for.
    pub directory: Option<u32>,
    /// The staff member who acts.
    pub member: Option<Member>,
    /// How this project serves businesses.
    pub settings: perennial_domain::BusinessSettings,
}

impl Caller {
    /// Whose project.
    pub const fn project(&self) -> ProjectId {
        self.token.project_id
    }

    /// The directory that it is narrowed to.
    pub const fn directory_id(&self) -> Option<DirectoryId> {
        self.token.grant.directory_id
    }

    /// Whether it may make and change subscriptions: apps only tell what others did, unless they move the money.
    pub fn may_change(&self) -> bool {
        self.app.as_ref().is_none_or(|app| app.kind == AppKind::Billing)
    }

    /// The app whose subscriptions are all that it sees.
    pub fn sees_only_app(&self) -> Option<&str> {
        let app = self.app.as_ref().filter(|app| app.kind == AppKind::Paid);
        app.map(|app| app.code_name.as_str())
    }

    /// Whether a business is within its sight.
    pub fn sees_business(&self, business: &BusinessView) -> bool {
        let is_own = |own: &BusinessView| own.business.customer_id == business.business.customer_id;
        self.business.as_ref().is_none_or(is_own)
            && self.directory_id().is_none_or(|directory| directory == business.business.directory_id)
    }
}

/// Why a caller cannot speak for a business.
#[derive(Debug, thiserror::Error)]
pub enum NarrowError {
    /// It is none of theirs, or there is none.
    #[error("the token does not see this business")]
    OutOfSight,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who has the token with this hash, if it works now. That of a business works unless it is blocked or deleted, and that of
/// an app in a business while the business has a live subscription of the app's.
pub fn find_caller(cx: &Cx, tx: &mut Tx<'_>, hash: &SecretHash) -> Result<Option<Caller>, StoreError> {
    let token = tx.business_tokens().find_by_hash(hash)?;
    let Some(token) = token.filter(|token| token.is_valid_at(cx.now())) else { return Ok(None) };
    let (project, grant) = (token.project_id, token.grant);
    let business = match grant.customer_id {
        Some(customer) => tx.businesses(project).view(customer)?,
        None => None,
    };
    if business.as_ref().is_some_and(|business| business.status != CustomerStatus::Active) {
        return Ok(None);
    }
    let app = match grant.app_id {
        Some(app) => tx.apps(project).find(app)?,
        None => None,
    };
    if let (Some(business), Some(app)) = (&business, &app)
        && app.kind == AppKind::Paid
        && !may_use_app(tx, project, business.business.customer_id, &app.code_name, cx.now())?
    {
        return Ok(None);
    }
    let member = match grant.member_id {
        Some(member) => tx.members(project).find(member)?,
        None => None,
    };
    if member.as_ref().is_some_and(|member| !member.is_active) {
        return Ok(None);
    }
    let directory = match grant.directory_id {
        Some(directory) => tx.directories(project).find(directory)?.map(|directory| directory.number),
        None => None,
    };
    let settings = tx.projects().find(project)?.map(|project| project.settings.business);
    let settings = settings.unwrap_or_default();
    Ok(Some(Caller { token, business, app, directory, member, settings }))
}

/// The same caller, who speaks for one business from now on.
pub fn narrow(tx: &mut Tx<'_>, caller: Caller, business_uid: &str) -> Result<Caller, NarrowError> {
    let business = tx.businesses(caller.project()).view_by_uid(business_uid)?;
    let business =
        business.filter(|business| caller.sees_business(business)).ok_or(NarrowError::OutOfSight)?;
    Ok(Caller { business: Some(business), ..caller })
}
