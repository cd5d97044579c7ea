//! The cookie by which a browser may act for a business: no address of ours repeats what its link was signed with.

use axum::http::{HeaderMap, HeaderValue};
use perennial_core::business::forms::{FormParty, FormPass, find_pass};
use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_domain::{CustomerId, ProjectId};

use crate::routes::cookie;

/// One for each business: two of them in one browser do not disturb each other.
fn name(business: CustomerId) -> String {
    format!("perennial_pass_{business}")
}

/// The pass of a browser, and the cookie that it gets with it where the pass is new.
pub(super) async fn pass_of(
    app: &App,
    party: &FormParty,
    headers: &HeaderMap,
    signed: Option<&str>,
) -> Result<(Option<FormPass>, Option<HeaderValue>), StoreError> {
    if let Some(pass) = signed.and_then(|signed| FormPass::of_link(app, party, signed)) {
        return Ok((Some(pass), pass_cookie(app, party.project.id, party.customer.id, pass)));
    }
    match cookie::named(headers, &name(party.customer.id)) {
        Some(sealed) => Ok((find_pass(app, party, sealed).await?, None)),
        None => Ok((None, None)),
    }
}

/// The cookie that keeps a pass.
pub(in crate::routes) fn pass_cookie(
    app: &App,
    project: ProjectId,
    business: CustomerId,
    pass: FormPass,
) -> Option<HeaderValue> {
    let seconds = (pass.expires_at - app.now()).get_seconds().max(0);
    let sealed = pass.seal(app, project, business);
    cookie::line(app, &name(business), &sealed, &format!("Path=/checkout; Max-Age={seconds}"))
}
