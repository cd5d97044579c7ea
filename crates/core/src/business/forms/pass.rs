//! What lets a browser act for a business (contract §9.6): it came by a signed link, or somebody of the staff has logged in.
//!
//! The browser keeps it, sealed, so that no address has to repeat what its link was signed with; here it is kept nowhere.

use jiff::Timestamp;
use perennial_domain::{CustomerId, MemberId, ProjectId};
use perennial_store::StoreError;

use super::link::link_expiry;
use super::{FORM_LASTS, FormParty};
use crate::actor::Actor;
use crate::context::App;
use crate::secrets;

/// What lets a browser act for a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormPass {
    /// Who logged in; nobody in particular where a link was signed.
    pub member: Option<MemberId>,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

impl FormPass {
    /// The pass of somebody who has logged in now.
    pub fn of_member(app: &App, member: MemberId) -> Self {
        Self { member: Some(member), expires_at: app.now() + FORM_LASTS }
    }

    /// The pass of whoever comes by a link that was signed for this business.
    pub fn of_link(app: &App, party: &FormParty, signed: &str) -> Option<Self> {
        let works_until = link_expiry(app, party.project.id, &party.business.uid, signed)?;
        Some(Self { member: None, expires_at: works_until.min(app.now() + FORM_LASTS) })
    }

    /// As a browser keeps it.
    pub fn seal(&self, app: &App, project: ProjectId, business: CustomerId) -> String {
        let said = self.said();
        format!("{said}.{}", signature(app, project, business, &said))
    }

    fn said(&self) -> String {
        let member = self.member.map(|member| member.to_string()).unwrap_or_default();
        format!("{}.{member}", self.expires_at.as_second())
    }
}

/// Who acts by a form: the one who logged in, or else the business.
pub fn form_actor(party: &FormParty, pass: Option<FormPass>) -> Actor {
    match pass.and_then(|pass| pass.member) {
        Some(member) => Actor::Member { member },
        None => Actor::User { user: party.customer.id },
    }
}

/// The pass that a browser keeps for this business, if it still counts: whoever logged in has to be of its staff still.
pub async fn find_pass(app: &App, party: &FormParty, sealed: &str) -> Result<Option<FormPass>, StoreError> {
    let (project, business) = (party.project.id, party.customer.id);
    let Some(pass) = open(app, project, business, sealed).filter(|pass| app.now() < pass.expires_at) else {
        return Ok(None);
    };
    let Some(member) = pass.member else { return Ok(Some(pass)) };
    let member = app.read(move |_, tx| tx.members(project).find(member)).await?;
    let is_staff = member.is_some_and(|member| member.is_active && member.customer_id == Some(business));
    Ok(is_staff.then_some(pass))
}

fn open(app: &App, project: ProjectId, business: CustomerId, sealed: &str) -> Option<FormPass> {
    let (said, given) = sealed.rsplit_once('.')?;
    let expected = signature(app, project, business, said);
    if !secrets::equal(expected.as_bytes(), given.as_bytes()) {
        return None;
    }
    let (expiry, member) = said.split_once('.')?;
    let member = if member.is_empty() { None } else { Some(member.parse().ok()?) };
    Some(FormPass { member, expires_at: Timestamp::from_second(expiry.parse().ok()?).ok()? })
}

fn signature(app: &App, project: ProjectId, business: CustomerId, said: &str) -> String {
    hex::encode(app.vault().keyed_hash(&format!("form pass {project} {business} {said}")))
}
