//! Signed links to the forms (contract §9.6): `ct` proves that whoever made a link holds the project's secret.
//!
//! `ct` is `<expiry>.<signature>`: seconds since the epoch, and HMAC-SHA-256 (RFC 2104) in hex over `<business_uid>.<expiry>`.
//! The operator's own systems sign with [`link_secret`]. It is made from the master key, so that it is kept nowhere.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use perennial_domain::{CheckoutForm, ProjectId};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::party::find_party_of;
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

/// A link for a mail that leads a form's customer back to what is left of it, signed where that is asked for; `None` where
/// the business is gone.
pub(crate) fn form_url(
    app: &App,
    tx: &mut Tx<'_>,
    form: &CheckoutForm,
    expires_at: Timestamp,
) -> Result<Option<SecretString>, StoreError> {
    let Some(party) = find_party_of(tx, form)? else { return Ok(None) };
    let connect = app.settings().connect_url.as_str().trim_end_matches('/');
    let url = format!("{connect}/checkout/forms/{}/{}", form.project_id, form.id);
    if !party.settings().checkout_require_token {
        return Ok(Some(SecretString::from(url)));
    }
    let signed = sign_link(app, form.project_id, &party.business.uid, expires_at);
    Ok(signed.map(|signed| SecretString::from(format!("{url}?ct={signed}"))))
}

/// Until when a link works that was signed for this business; `None` where it was not, or does not any more.
pub(super) fn link_expiry(
    app: &App,
    project: ProjectId,
    business_uid: &str,
    signed: &str,
) -> Option<Timestamp> {
    let (expiry, given) = signed.split_once('.')?;
    let (expiry, given) = (expiry.parse::<i64>().ok()?, hex::decode(given).ok()?);
    let expected = signature(&link_secret(app, project), business_uid, expiry)?;
    let is_genuine = secrets::equal(&expected, &given) && app.now().as_second() < expiry;
    Timestamp::from_second(expiry).ok().filter(|_| is_genuine)
}

/// There is none only where a key has no length that HMAC takes, and it takes any.
fn signature(secret: &SecretString, business_uid: &str, expiry: i64) -> Option<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(format!("{business_uid}.{expiry}").as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}
