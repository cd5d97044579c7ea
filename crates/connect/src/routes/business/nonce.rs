//! What ties a form that is sent to the browser that was shown it, once.
//!
//! A nonce is `<random>.<seconds>.<signature>`. The signature covers the browser's own secret, kept in a cookie, the kind of
//! form and everything that its address says: the nonce of another form, of another business or of another browser
//! counts for nothing.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::secrets;
use secrecy::{ExposeSecret, SecretString};

use super::address::{FormAddress, Kind};

const COOKIE: &str = "perennial_forms";

/// For so long a form that was shown may be sent.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// The value of the cookie with this name.
pub(super) fn cookie_named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A browser, known by its cookie.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    secret: SecretString,
    is_new: bool,
}

impl Browser {
    /// The browser that asks. One without a cookie gets one with the page.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match cookie_named(headers, COOKIE) {
            Some(secret) => Self { secret: SecretString::from(secret), is_new: false },
            None => Self { secret: secrets::fresh_secret("", 32), is_new: true },
        }
    }

    /// The cookie that a browser without one gets. `SameSite=Lax`, because other sites lead here; for
    /// every path, because the vendor's address is not below `/checkout` and would give the browser another one.
    pub(super) fn cookie(&self, app: &App) -> Option<HeaderValue> {
        let secure = if app.settings().connect_url.scheme() == "https" { "; Secure" } else { "" };
        let secret = self.secret.expose_secret();
        let cookie = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok().filter(|_| self.is_new)
    }

    /// A fresh nonce for a form.
    pub(super) fn nonce(&self, app: &App, kind: Kind, address: &FormAddress) -> String {
        let random = secrets::fresh_secret("", 22);
        let issued = format!("{}.{}", random.expose_secret(), app.now().as_second());
        format!("{issued}.{}", self.signature(app, kind, address, &issued))
    }

    /// Whether this browser was shown this form, not too long ago.
    pub(super) fn is_genuine(&self, app: &App, kind: Kind, address: &FormAddress, nonce: &str) -> bool {
        let Some((issued, signature)) = nonce.rsplit_once('.') else { return false };
        let expected = self.signature(app, kind, address, issued);
        let at = issued.rsplit_once('.').and_then(|(_, at)| at.parse::<i64>().ok());
        let age = at.map(|at| app.now().as_second() - at);
        secrets::equal(expected.as_bytes(), signature.as_bytes())
            && age.is_some_and(|age| age <= LASTS.as_secs())
    }

    fn signature(&self, app: &App, kind: Kind, address: &FormAddress, issued: &str) -> String {
        let signed = format!("form {} {issued} {}", self.secret.expose_secret(), address.of(kind));
        hex::encode(&app.vault().keyed_hash(&signed)[..16])
    }
}
