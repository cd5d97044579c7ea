//! The `Stripe-Signature` header: <https://docs.stripe.com/webhooks#verify-manually>.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header's value for a body sent at `timestamp` (seconds since the epoch) to an endpoint with this secret.
pub fn signature_header(secret: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{timestamp}.{body}");
    let mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(signed.as_bytes()));
    // HMAC takes keys of any length, so there is always a signature.
    let signature = mac.map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("t={timestamp},v1={signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_hmac_of_time_and_body() {
        // Computed with `openssl dgst -sha256 -hmac whsec_test` over `1700000000.{}`.
        let expected = "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
        assert_eq!(signature_header("whsec_test", 1_700_000_000, "{}"), expected);
    }
}
