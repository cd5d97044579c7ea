//! Who calls: a member, proven by an access token, and the organization they act for (contract §2, §8).

use aide::OperationInput;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::StatusCode;
use http::header::AUTHORIZATION;
use http::request::Parts;
use perennial_core::actor::{Actor, identified};
use perennial_core::organizations::find_member;
use perennial_domain::{Customer, Member};

use crate::door::Door;
use crate::refusal::Refusal;
use crate::site::{OnSite, Site};
use crate::tokens::{TokenError, verify};

/// A member of an organization.
pub(crate) struct Caller {
    pub(crate) site: std::sync::Arc<Site>,
    pub(crate) member: Member,
    pub(crate) organization: Customer,
}

/// One who may buy, cancel and see the portal, where the operator asks for a role.
pub(crate) struct BillingCaller(pub(crate) Caller);

impl FromRequestParts<Door> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Refusal> {
        let OnSite(site) = OnSite::from_request_parts(parts, door).await?;
        let token = bearer_token(&parts.headers).ok_or_else(Refusal::no_auth_user)?;
        let user_id = match verify(&site, &door.keys, token, door.app.now()).await {
            Ok(user_id) => user_id,
            Err(TokenError::Refused) => return Err(Refusal::no_auth_user()),
            Err(error @ TokenError::Keys(_)) => return Err(Refusal::internal(&error)),
        };
        let project = site.project;
        let found = door.app.read_once(move |_, tx| find_member(tx, project, &user_id)).await?;
        let gone = || Refusal::not_found("USER_NOT_FOUND", "There is no such user any more.");
        let (member, organization) = found.ok_or_else(gone)?;
        if !member.is_active {
            return Err(Refusal::no_auth_user());
        }
        let alone = || Refusal::bad_request("NO_ORGANIZATION", "The user belongs to no organization.");
        identified(Actor::Member { member: member.id });
        Ok(Self { site, member, organization: organization.ok_or_else(alone)? })
    }
}

impl FromRequestParts<Door> for BillingCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, door).await?;
        if caller.site.settings.require_billing_role && !caller.member.role.may_bill() {
            let message = "The user's role does not include billing.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "INSUFFICIENT_PERMISSIONS", message));
        }
        Ok(Self(caller))
    }
}

impl OperationInput for Caller {}

impl OperationInput for BillingCaller {}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let is_alone = values.next().is_none();
    (is_alone && scheme.eq_ignore_ascii_case("Bearer"))
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}
