//! The cookie that ties a browser to one visit, and the token that ties a form to that browser.

use axum::http::{HeaderMap, HeaderValue, header};
use perennial_core::context::App;
use perennial_core::secrets;
use perennial_core::visits::BrowserKey;
use perennial_domain::ConnectSessionId;

/// One cookie per visit: two visits in one browser do not disturb each other.
fn name(session: ConnectSessionId) -> String {
    format!("perennial_{session}")
}

/// The browser's key to this visit, if it has one.
pub(super) fn read(headers: &HeaderMap, session: ConnectSessionId) -> Option<BrowserKey> {
    let name = name(session);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, key)| BrowserKey(key.to_owned()))
}

/// Longer than the hour of a visit, which the server keeps: that hour begins anew with a log-in and is prolonged while
/// somebody pays, and a cookie that went before it would lock out who has just paid.
const MAX_AGE_SECONDS: u32 = 24 * 60 * 60;

/// `SameSite=Lax`, because Stripe's page leads back here across sites.
pub(super) fn write(app: &App, session: ConnectSessionId, key: &str) -> Option<HeaderValue> {
    let settings = app.settings();
    let secure = if settings.connect_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie =
        format!("{}={key}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}", name(session));
    HeaderValue::from_str(&cookie).ok()
}

/// What every form of this browser's visit carries, one for all of them: whoever cannot read the page cannot post its forms.
pub(super) fn form_token(key: &BrowserKey) -> String {
    let hash = secrets::hash(&format!("form {}", key.0));
    hex::encode(&hash[..16])
}

/// Whether a form came from a page of this browser's visit.
pub(super) fn is_genuine(key: &BrowserKey, given: &str) -> bool {
    secrets::equal(form_token(key).as_bytes(), given.as_bytes())
}
