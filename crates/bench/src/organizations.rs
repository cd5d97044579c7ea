//! The organizations door: its rows, who asks, and what they ask.

mod seed;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::failure::Failure;
use crate::installation::{PROJECT, SIGNING_SECRET};
use crate::load::Requests;
use crate::machine::now;

pub(crate) use seed::Line;

/// The exclusive group of the software product in the demo's catalogue.
pub(crate) const PRODUCT_LINE: &str = "workspace";
/// How many organizations ask before the first one's turn comes again; spread over all of them.
const DISTINCT: u64 = 8_192;
/// Longer than any run.
const TOKEN_LIFETIME_SECONDS: i64 = 12 * 60 * 60;

/// The list of plans, by whoever comes.
pub(crate) fn plans() -> Requests {
    Requests { texts: vec![get("subscriptions", "")].into(), again: true }
}

/// What members of the first so many organizations are told, each with a token of their own.
pub(crate) fn by_members(path: &str, organizations: u64) -> Result<Requests, Failure> {
    let step = (organizations / DISTINCT).max(1);
    let ask = |number| {
        let token = token(number)?;
        Ok(get(path, &format!("authorization: Bearer {token}\r\n")))
    };
    let numbers = (0..organizations).step_by(usize::try_from(step)?);
    Ok(Requests { texts: numbers.map(ask).collect::<Result<_, Failure>>()?, again: true })
}

fn get(path: &str, headers: &str) -> Vec<u8> {
    format!(
        "GET /organizations/{PROJECT}/{path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n{headers}\r\n"
    )
    .into_bytes()
}

/// The id by which a token names the member of an organization.
fn member_id(number: u64) -> String {
    format!("user-{number}")
}

/// An access token as the operator's own system would sign it: HS256, with the secret that both know.
fn token(number: u64) -> Result<String, Failure> {
    let claims = json!({ "userId": member_id(number), "exp": now().as_second() + TOKEN_LIFETIME_SECONDS });
    let [head, claims] =
        [json!({ "alg": "HS256", "typ": "JWT" }), claims].map(|part| BASE64URL.encode(part.to_string()));
    let mac = Hmac::<Sha256>::new_from_slice(SIGNING_SECRET.as_bytes())?;
    let signature = mac.chain_update(format!("{head}.{claims}")).finalize().into_bytes();
    Ok(format!("{head}.{claims}.{}", BASE64URL.encode(signature)))
}
