//! Secret keys, as a bearer token or as the user name of basic authentication.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::http::error::ApiError;

/// Checks the request's key against the sandbox's own, or any test key when the owner named none.
pub(crate) fn check(headers: &HeaderMap, expected: Option<&str>) -> Result<(), ApiError> {
    let key = presented_key(headers).ok_or_else(|| {
        ApiError::unauthorized(
            "You did not provide an API key. Send it as a bearer token or a basic user name.",
        )
    })?;
    let accepted = match expected {
        Some(expected) => bool::from(expected.as_bytes().ct_eq(key.as_bytes())),
        None => key.starts_with("sk_test_") || key.starts_with("rk_test_"),
    };
    if accepted {
        Ok(())
    } else {
        Err(ApiError::unauthorized("The API key is not one this sandbox accepts."))
    }
}

fn presented_key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let key = if scheme.eq_ignore_ascii_case("bearer") {
        credentials.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
        decoded.split(':').next()?.to_owned()
    } else {
        return None;
    };
    (!key.is_empty()).then_some(key)
}
