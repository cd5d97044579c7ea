//! How a receiver knows that a webhook is ours: an HMAC over its id, its time and its body.
//!
//! Every secret that is in force signs, so that a receiver may learn of a new one while the old one still works.

use hmac::{Hmac, KeyInit as _, Mac};
use jiff::Timestamp;
use perennial_domain::WebhookFlavour;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

/// A secret that is none: signed with it, nothing could be checked. It is not said which it was.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the secret of the webhook cannot be read")]
pub(super) struct SignatureError;

/// The headers that prove a webhook.
pub(super) fn headers(
    flavour: WebhookFlavour,
    id: &str,
    at: Timestamp,
    body: &str,
    secrets: &[SecretString],
) -> Result<Vec<(&'static str, String)>, SignatureError> {
    let time = at.as_second().to_string();
    Ok(match flavour {
        WebhookFlavour::Projects => vec![
            (HEADER_WEBHOOK_ID, id.to_owned()),
            (HEADER_WEBHOOK_SIGNATURE, standard(id, at, body, secrets)?),
            (HEADER_WEBHOOK_TIMESTAMP, time),
        ],
        WebhookFlavour::Business => vec![
            ("x-webhook-id", id.to_owned()),
            ("x-webhook-signature", business(&time, body, secrets)),
            ("x-webhook-timestamp", time),
        ],
    })
}

/// Standard Webhooks 1.0 (<https://github.com/standard-webhooks/standard-webhooks>), by its own library.
fn standard(id: &str, at: Timestamp, body: &str, secrets: &[SecretString]) -> Result<String, SignatureError> {
    let sign = |secret: &SecretString| {
        let key = Webhook::new(secret.expose_secret()).map_err(|_| SignatureError)?;
        key.sign(id, at.as_second(), body.as_bytes()).map_err(|_| SignatureError)
    };
    Ok(secrets.iter().map(sign).collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// contracts/business-api.md §10.3: the key is the secret as it is written.
fn business(time: &str, body: &str, secrets: &[SecretString]) -> String {
    let sign = |secret: &SecretString| {
        format!("v1={}", hex::encode(mac(secret.expose_secret().as_bytes(), &[time, ".", body])))
    };
    secrets.iter().map(sign).collect::<Vec<_>>().join(",")
}

fn mac(key: &[u8], parts: &[&str]) -> Vec<u8> {
    // HMAC takes keys of every length (RFC 2104 §2).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(flavour: WebhookFlavour, secrets: &[&str]) -> String {
        let secrets = secrets.iter().map(|&secret| SecretString::from(secret)).collect::<Vec<_>>();
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let headers =
            headers(flavour, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#, &secrets)
                .unwrap();
        headers.into_iter().find(|(name, _)| name.ends_with("signature")).unwrap().1
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        // The example of the scheme's own documentation (https://docs.svix.com/receiving/verifying-payloads/how-manual).
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature(WebhookFlavour::Projects, &[secret]), expected);
    }

    #[test]
    fn nothing_is_signed_with_what_is_no_secret() {
        let secrets = [SecretString::from("whsec_?")];
        assert!(headers(WebhookFlavour::Projects, "evt_1", Timestamp::UNIX_EPOCH, "{}", &secrets).is_err());
    }

    #[test]
    fn each_secret_in_force_signs() {
        let both = signature(WebhookFlavour::Projects, &["whsec_AAAA", "whsec_BBBB"]);
        let alone = signature(WebhookFlavour::Projects, &["whsec_BBBB"]);
        assert_eq!(both.split(' ').nth(1), Some(alone.as_str()));
        let both = signature(WebhookFlavour::Business, &["one", "two"]);
        assert_eq!(both.split(',').count(), 2);
        assert!(both.split(',').all(|signature| signature.starts_with("v1=") && signature.len() == 67));
    }
}
