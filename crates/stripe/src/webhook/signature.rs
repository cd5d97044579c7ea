//! The `Stripe-Signature` header: <https://docs.stripe.com/webhooks#verify-manually>.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use perennial_core::ports::RejectedEvent;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// How far the time of signing may be from now, either way: clocks differ, and an old event may be a replay.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);

const DIGEST_LENGTH: usize = 32;

/// What the header says.
struct Header<'h> {
    /// To the letter, because the letters are signed.
    timestamp: &'h str,
    signed_at: Timestamp,
    /// While a secret is being changed, Stripe signs with both.
    signatures: Vec<[u8; DIGEST_LENGTH]>,
}

/// Whether one of the signatures was made with one of the secrets, and lately.
pub(super) fn verify(
    body: &[u8],
    header: &str,
    secrets: &[SecretString],
    now: Timestamp,
) -> Result<(), RejectedEvent> {
    let header = parse(header).ok_or(RejectedEvent::Unreadable)?;
    let mut fits = Choice::from(0);
    // Every pair is compared to the end, so that the time it takes tells nothing of which one came near.
    for secret in secrets {
        let expected = sign(secret, header.timestamp, body);
        for signature in &header.signatures {
            fits |= expected.ct_eq(signature);
        }
    }
    if !bool::from(fits) {
        return Err(RejectedEvent::Forged);
    }
    if now.duration_since(header.signed_at).abs() > TOLERANCE {
        return Err(RejectedEvent::Stale);
    }
    Ok(())
}

/// Reads `t=…,v1=…,v1=…`. Other schemes, such as the `v0` of test events, are passed over, for they prove nothing.
fn parse(header: &str) -> Option<Header<'_>> {
    let mut timestamp = None;
    let mut signatures = Vec::new();
    for element in header.split(',') {
        match element.trim().split_once('=')? {
            // Two times would leave open which one was signed.
            ("t", _) if timestamp.is_some() => return None,
            ("t", value) => timestamp = Some(value),
            ("v1", value) => {
                let mut signature = [0; DIGEST_LENGTH];
                hex::decode_to_slice(value, &mut signature).ok()?;
                signatures.push(signature);
            }
            _ => {}
        }
    }
    let timestamp = timestamp?;
    let signed_at = Timestamp::from_second(timestamp.parse().ok()?).ok()?;
    (!signatures.is_empty()).then_some(Header { timestamp, signed_at, signatures })
}

fn sign(secret: &SecretString, timestamp: &str, body: &[u8]) -> [u8; DIGEST_LENGTH] {
    // HMAC takes keys of any length, so this never is the error.
    Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).map_or([0; DIGEST_LENGTH], |mac| {
        mac.chain_update(timestamp).chain_update(b".").chain_update(body).finalize().into_bytes().into()
    })
}
