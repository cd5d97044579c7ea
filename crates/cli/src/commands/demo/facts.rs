//! `demo.json`: what a program needs to know to talk to the demo.

use perennial_core::secrets::fresh_secret;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::businesses::BusinessesFacts;
use super::doors::Addresses;
use super::organizations::OrganizationsFacts;

/// The project that the demo makes.
pub(super) const PROJECT: &str = "demo";

/// Everything that `demo.json` says. Addresses have no slash at the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub(super) api_base: String,
    pub(super) connect_base: String,
    pub(super) sandbox_base: String,
    pub(super) shop_base: Option<String>,
    pub(super) project: &'static str,
    #[serde(serialize_with = "in_the_clear")]
    pub(super) api_key: SecretString,
    #[serde(serialize_with = "in_the_clear")]
    pub(super) stripe_secret_key: SecretString,
    #[serde(serialize_with = "in_the_clear")]
    pub(super) webhook_secret: SecretString,
    pub(super) organizations: OrganizationsFacts,
    pub(super) business: BusinessesFacts,
}

/// The secrets of an earlier demo in the same folder, which programs may have been given.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KnownBody {
    api_key: Option<String>,
    stripe_secret_key: Option<String>,
    webhook_secret: Option<String>,
}

/// The demo's secrets: those of before, or fresh ones.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    /// Of the Projects API. Whether the database knows it is another matter.
    pub(super) api_key: Option<SecretString>,
    pub(super) stripe_secret_key: SecretString,
    pub(super) webhook_secret: SecretString,
}

impl Secrets {
    /// Takes up the secrets of an earlier `demo.json`, and makes those that are missing.
    pub(super) fn taken_up(earlier: Option<&str>) -> Result<Self, serde_json::Error> {
        let known = earlier.map(serde_json::from_str::<KnownBody>).transpose()?.unwrap_or_default();
        let or_fresh = |known: Option<String>, prefix, characters| {
            known.map_or_else(|| fresh_secret(prefix, characters), SecretString::from)
        };
        Ok(Self {
            api_key: known.api_key.map(SecretString::from),
            stripe_secret_key: or_fresh(known.stripe_secret_key, "sk_test_", 32),
            webhook_secret: or_fresh(known.webhook_secret, "whsec_", 32),
        })
    }
}

impl Facts {
    pub(super) fn new(
        addresses: Addresses,
        secrets: Secrets,
        api_key: SecretString,
        organizations: OrganizationsFacts,
        business: BusinessesFacts,
    ) -> Self {
        let server = format!("http://{}", addresses.server);
        Self {
            api_base: server.clone(),
            connect_base: server,
            sandbox_base: format!("http://{}", addresses.sandbox),
            shop_base: addresses.shop.map(|shop| format!("http://{shop}")),
            project: PROJECT,
            api_key,
            stripe_secret_key: secrets.stripe_secret_key,
            webhook_secret: secrets.webhook_secret,
            organizations,
            business,
        }
    }
}

/// This file is the one place where they may be read: it is for its owner's eyes, and opens play money.
fn in_the_clear<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_out_before_is_taken_up_and_the_rest_is_made() {
        let secrets = Secrets::taken_up(Some(r#"{"apiKey":"pk_1","webhookSecret":"whsec_1"}"#)).unwrap();
        assert_eq!(secrets.api_key.unwrap().expose_secret(), "pk_1");
        assert_eq!(secrets.webhook_secret.expose_secret(), "whsec_1");
        assert!(secrets.stripe_secret_key.expose_secret().starts_with("sk_test_"));
        assert!(Secrets::taken_up(Some("{")).is_err());
        assert!(Secrets::taken_up(None).unwrap().api_key.is_none());
    }
}
