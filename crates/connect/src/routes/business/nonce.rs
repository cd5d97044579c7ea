//! What ties a form that is sent to the browser that was shown it, once.
//!
//! A nonce is `<random>.<seconds>.<signature>`. The signature covers the browser's own secret, kept in a cookie, the kind of
//! form and everything that its address says: the nonce of another form, of another business or of another browser
//! counts for nothing.

use axum::http::{HeaderMap, HeaderValue};
use perennial_core::business::forms::FORM_LASTS;
use perennial_core::context::App;
use perennial_core::secrets;
use secrecy::{ExposeSecret, SecretString};

use super::address::{FormAddress, Kind};
use crate::routes::cookie;

/// How the names of the cookies begin. Each has a name of its own, so that none takes the place of another that the browser
/// got with a page at the same moment.
const COOKIE: &str = "perennial_forms_";

/// A browser, known by its cookies.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    /// Nearly always one; two, where its first two pages were asked for at once.
    known: Vec<SecretString>,
    /// For one that has none.
    fresh: SecretString,
}

impl Browser {
    /// The browser that asks.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let known = cookie::all(headers).filter(|(name, _)| name.starts_with(COOKIE));
        let known = known.map(|(_, secret)| SecretString::from(secret)).collect();
        Self { known, fresh: secrets::fresh_secret("", 32) }
    }

    /// The cookie that a browser without one gets with a form. For every path, because the vendor's address is not below
    /// `/checkout` and would give the browser another one.
    pub(super) fn cookie(&self, app: &App) -> Option<HeaderValue> {
        let name = secrets::fresh_secret(COOKIE, 8);
        let cookie = cookie::line(app, name.expose_secret(), self.fresh.expose_secret(), "Path=/");
        cookie.filter(|_| self.known.is_empty())
    }

    /// A fresh nonce for a form.
    pub(super) fn nonce(&self, app: &App, kind: Kind, address: &FormAddress) -> String {
        let random = secrets::fresh_secret("", 22);
        let issued = format!("{}.{}", random.expose_secret(), app.now().as_second());
        let secret = self.known.first().unwrap_or(&self.fresh);
        format!("{issued}.{}", signature(app, secret, kind, address, &issued))
    }

    /// Whether this browser was shown this form, not too long ago.
    pub(super) fn is_genuine(&self, app: &App, kind: Kind, address: &FormAddress, nonce: &str) -> bool {
        let Some((issued, given)) = nonce.rsplit_once('.') else { return false };
        let is_signed_with = |secret: &SecretString| {
            let expected = signature(app, secret, kind, address, issued);
            secrets::equal(expected.as_bytes(), given.as_bytes())
        };
        let at = issued.rsplit_once('.').and_then(|(_, at)| at.parse::<i64>().ok());
        let age = at.map(|at| app.now().as_second() - at);
        self.known.iter().any(is_signed_with) && age.is_some_and(|age| age <= FORM_LASTS.as_secs())
    }
}

fn signature(app: &App, secret: &SecretString, kind: Kind, address: &FormAddress, issued: &str) -> String {
    let signed = format!("form {} {issued} {}", secret.expose_secret(), address.of(kind));
    hex::encode(&app.vault().keyed_hash(&signed)[..16])
}
