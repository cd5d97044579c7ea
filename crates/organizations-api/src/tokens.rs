//! Access tokens: signed by this server, or by an identity provider of the operator's own (contract §2).

mod crypto;
mod key_sets;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use perennial_core::organizations::SigningSecret;
use perennial_domain::{Member, TokenIssuer};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::site::Site;

pub use key_sets::{FetchKeysError, KeySource};

pub(crate) use key_sets::KeySets;

/// How long an access token works (contract §2).
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// Another machine's clock may be so far off.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// Why a token proves nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not a token, not signed by anybody we trust, not for us, or not any more.
    #[error("the token is not valid")]
    Refused,
    /// The identity provider's keys cannot be had.
    #[error("the keys of the identity provider cannot be fetched")]
    Keys(#[source] Arc<FetchKeysError>),
}

impl From<jsonwebtoken::errors::Error> for TokenError {
    fn from(_: jsonwebtoken::errors::Error) -> Self {
        Self::Refused
    }
}

/// What a token of ours says (contract §2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IssuedClaims<'a> {
    user_id: &'a str,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

/// What is read of anybody's token. Whose organization it is follows from the member, and not from here: it may have
/// changed since.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    user_id: Option<String>,
    /// What identity providers call the same.
    sub: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    exp: i64,
    nbf: Option<i64>,
}

/// A token, and when it stops working.
pub(crate) struct Issued {
    pub(crate) token: SecretString,
    pub(crate) expires_at: Timestamp,
}

/// What a project's own tokens are signed with, the signing key first.
pub(crate) struct OwnKeys(Vec<OwnKey>);

struct OwnKey {
    id: String,
    signs: EncodingKey,
    proves: DecodingKey,
}

impl OwnKeys {
    pub(crate) fn of(secrets: &[SigningSecret]) -> Self {
        crypto::install();
        let key = |secret: &SigningSecret| {
            let bytes = secret.secret.expose_secret().as_bytes();
            OwnKey {
                id: secret.id.to_string(),
                signs: EncodingKey::from_secret(bytes),
                proves: DecodingKey::from_secret(bytes),
            }
        };
        Self(secrets.iter().map(key).collect())
    }

    /// Those that may have signed a token: the named one, or any if it names none.
    fn candidates<'k>(&'k self, kid: Option<&'k str>) -> impl Iterator<Item = &'k OwnKey> {
        self.0.iter().filter(move |key| kid.is_none_or(|kid| kid == key.id))
    }
}

/// Signs a token for a member.
pub(crate) fn issue(
    site: &Site,
    member: &Member,
    organization: Option<&str>,
    now: Timestamp,
) -> Result<Issued, TokenError> {
    let key = site.keys.0.first().ok_or(TokenError::Refused)?;
    let expires_at = now + LIFETIME;
    let claims = IssuedClaims {
        user_id: &member.external_id,
        email: member.email.as_str(),
        org_id: organization,
        kind: "access",
        aud: &site.slug,
        iat: now.as_second(),
        exp: expires_at.as_second(),
    };
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
    let token = encode(&header, &claims, &key.signs)?;
    Ok(Issued { token: SecretString::from(token), expires_at })
}

/// Whose token it is: the member's id in the operator's own system.
pub(crate) async fn verify(
    site: &Site,
    sets: &KeySets,
    token: &str,
    now: Timestamp,
) -> Result<String, TokenError> {
    let header = decode_header(token)?;
    let (claims, leeway) = match (header.alg, &site.settings.token_issuer) {
        // Where the operator's provider issues the tokens, nobody gets in past it.
        (Algorithm::HS256, None) => (of_our_own(site, &header, token)?, SignedDuration::ZERO),
        (Algorithm::RS256 | Algorithm::ES256, Some(issuer)) => {
            (of_an_issuer(issuer, sets, &header, token).await?, LEEWAY)
        }
        _ => return Err(TokenError::Refused),
    };
    let is_over = claims.exp <= (now - leeway).as_second();
    let is_early = claims.nbf.is_some_and(|nbf| (now + leeway).as_second() < nbf);
    if is_over || is_early || claims.kind.as_deref() == Some("refresh") {
        return Err(TokenError::Refused);
    }
    claims.user_id.or(claims.sub).ok_or(TokenError::Refused)
}

/// A token of ours names our project as its audience. One that the operator signed with our secret may name none.
fn of_our_own(site: &Site, header: &Header, token: &str) -> Result<Claims, TokenError> {
    let mut validation = timeless(Algorithm::HS256);
    validation.set_audience(&[&site.slug]);
    let mut keys = site.keys.candidates(header.kid.as_deref());
    keys.find_map(|key| decode::<Claims>(token, &key.proves, &validation).ok())
        .map(|proven| proven.claims)
        .ok_or(TokenError::Refused)
}

async fn of_an_issuer(
    issuer: &TokenIssuer,
    sets: &KeySets,
    header: &Header,
    token: &str,
) -> Result<Claims, TokenError> {
    let mut validation = timeless(header.alg);
    validation.set_audience(&[&issuer.audience]);
    validation.set_issuer(&[&issuer.issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    let key = sets.find(&issuer.jwks_url, header).await.map_err(TokenError::Keys)?;
    Ok(decode::<Claims>(token, &key.ok_or(TokenError::Refused)?, &validation)?.claims)
}

/// Checks all but the times: the library would look at the machine's clock, and ours may be another.
fn timeless(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation
}
