//! How cookies are written; the one that ties a browser to one visit, and the token that ties a form to that browser.

use axum::http::{HeaderMap, HeaderValue, header};
use perennial_core::context::App;
use perennial_core::secrets;
use perennial_core::visits::BrowserKey;
use perennial_domain::ConnectSessionId;

/// One cookie per visit: two visits in one browser do not disturb each other.
fn name(session: ConnectSessionId) -> String {
    format!("perennial_{session}")
}

/// The names and values of all cookies.
pub(super) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The value of the cookie with this name.
pub(super) fn named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    all(headers).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A cookie that no script reads, with more attributes of its own. `SameSite=Lax`, because Stripe's page, banks and other
/// systems lead here across sites.
pub(super) fn line(app: &App, name: &str, value: &str, attributes: &str) -> Option<HeaderValue> {
    let secure = if app.settings().connect_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; {attributes}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// The browser's key to this visit, if it has one.
pub(super) fn read(headers: &HeaderMap, session: ConnectSessionId) -> Option<BrowserKey> {
    named(headers, &name(session)).map(|key| BrowserKey(key.to_owned()))
}

/// Longer than the hour of a visit, which the server keeps: that hour begins anew with a log-in and is prolonged while
/// somebody pays, and a cookie that went before it would lock out who has just paid.
const MAX_AGE_SECONDS: u32 = 24 * 60 * 60;

/// The cookie that keeps the browser's key to a visit.
pub(super) fn write(app: &App, session: ConnectSessionId, key: &str) -> Option<HeaderValue> {
    line(app, &name(session), key, &format!("Path=/; Max-Age={MAX_AGE_SECONDS}"))
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
