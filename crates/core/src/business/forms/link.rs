//! Signed links to the forms (contract §9.6): `ct` proves that whoever made a link holds the project's secret.
//!
//! `ct` is `<expiry>.<signature>`: seconds since the epoch, and HMAC-SHA-256 (RFC 2104) in hex over `<business_uid>.<expiry>`.
//! The operator's own systems sign with [`link_secret`]. It is made from the master key, so that it is kept nowhere.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use perennial_domain::ProjectId;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::context::App;
use crate::secrets;

/// The secret by which links to a project's forms are signed, in hex.
pub fn link_secret(app: &App, project: ProjectId) -> SecretString {
    SecretString::from(hex::encode(app.vault().keyed_hash(&format!("checkout links of {project}"))))
}

/// Signs a link to the forms of a business, which works until then.
pub fn sign_link(app: &App, project: ProjectId, business_uid: &str, expires_at: Timestamp) -> Option<String> {
    let expiry = expires_at.as_second();
    let signature = signature(&link_secret(app, project), business_uid, expiry)?;
    Some(format!("{expiry}.{}", hex::encode(signature)))
}

/// Whether a link was signed for this business, and still works.
pub fn check_link(app: &App, project: ProjectId, business_uid: &str, signed: &str) -> bool {
    let Some((expiry, given)) = signed.split_once('.') else { return false };
    let (Ok(expiry), Ok(given)) = (expiry.parse::<i64>(), hex::decode(given)) else { return false };
    let expected = signature(&link_secret(app, project), business_uid, expiry);
    app.now().as_second() < expiry && expected.is_some_and(|expected| secrets::equal(&expected, &given))
}

/// There is none only where a key has no length that HMAC takes, and it takes any.
fn signature(secret: &SecretString, business_uid: &str, expiry: i64) -> Option<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(format!("{business_uid}.{expiry}").as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}
