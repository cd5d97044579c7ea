//! The cookie by which a browser may act for a business: no address of ours repeats what its link was signed with.

use axum::http::{HeaderMap, HeaderValue};
use perennial_core::business::forms::{FormOwner, FormPass, find_pass};
use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_domain::{CustomerId, ProjectId};

use super::nonce::cookie_named;

/// One for each business: two of them in one browser do not disturb each other.
fn name(business: CustomerId) -> String {
    format!("perennial_pass_{business}")
}

/// The pass of a browser, and the cookie that it gets with it where the pass is new.
pub(super) async fn pass_of(
    app: &App,
    owner: &FormOwner,
    headers: &HeaderMap,
    signed: Option<&str>,
) -> Result<(Option<FormPass>, Option<HeaderValue>), StoreError> {
    if let Some(pass) = signed.and_then(|signed| FormPass::of_link(app, owner, signed)) {
        return Ok((Some(pass), pass_cookie(app, owner.project.id, owner.customer.id, pass)));
    }
    match cookie_named(headers, &name(owner.customer.id)) {
        Some(sealed) => Ok((find_pass(app, owner, sealed).await?, None)),
        None => Ok((None, None)),
    }
}

/// The cookie that keeps a pass. `SameSite=Lax`, because Stripe's page leads back here across sites.
pub(in crate::routes) fn pass_cookie(
    app: &App,
    project: ProjectId,
    business: CustomerId,
    pass: FormPass,
) -> Option<HeaderValue> {
    let secure = if app.settings().connect_url.scheme() == "https" { "; Secure" } else { "" };
    let seconds = (pass.expires_at - app.now()).get_seconds().max(0);
    let (name, sealed) = (name(business), pass.seal(app, project, business));
    let cookie =
        format!("{name}={sealed}; Path=/checkout; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}
