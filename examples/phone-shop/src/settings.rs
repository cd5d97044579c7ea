//! What the shop must be told: where the API is, and its key.

use std::net::SocketAddr;

use perennial_client::ApiKey;
use url::Url;

/// What the shop must be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API's origin, such as `http://127.0.0.1:8080`.
    pub base_url: Url,
    /// The project at that API.
    pub project: String,
    /// A key of that project.
    pub api_key: ApiKey,
    /// Where browsers reach this shop: the hosted pages send them back there.
    pub public_url: Url,
    /// The script that mounts Stripe's Checkout in a page: `https://js.stripe.com/v3/`, or the sandbox's. Without
    /// it, everything is paid on Stripe's own page.
    pub stripe_script: Option<Url>,
}

/// A setting that is missing or wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It must be set, and is not.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It is set to something that cannot work.
    #[error("{name} must be {expected}")]
    Wrong {
        /// The variable.
        name: &'static str,
        /// What it should look like.
        expected: &'static str,
    },
}

impl Settings {
    /// Reads the settings, and the address to listen on, from environment variables: `PERENNIAL_URL`
    /// (the API's address with the project, such as `http://127.0.0.1:8080/projects/demo`),
    /// `PERENNIAL_API_KEY`, `SHOP_LISTEN` (`127.0.0.1:3000` unless set), and `STRIPE_SCRIPT` (none unless set).
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, SocketAddr), SettingsError> {
        let required = |name| variable(name).ok_or(SettingsError::Missing(name));

        let expected = "the API's address with the project, such as http://127.0.0.1:8080/projects/demo";
        let (base_url, project) = split_project(&required("PERENNIAL_URL")?)
            .ok_or(SettingsError::Wrong { name: "PERENNIAL_URL", expected })?;
        let api_key = required("PERENNIAL_API_KEY")?.into();

        let listen = variable("SHOP_LISTEN").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let expected = "an address and a port, such as 127.0.0.1:3000";
        let wrong = SettingsError::Wrong { name: "SHOP_LISTEN", expected };
        let listen: SocketAddr = listen.parse().map_err(|_| wrong)?;
        let wrong = SettingsError::Wrong { name: "SHOP_LISTEN", expected };
        let public_url = Url::parse(&format!("http://{listen}")).map_err(|_| wrong)?;

        let expected = "the address of a script, such as https://js.stripe.com/v3/";
        let stripe_script = variable("STRIPE_SCRIPT").map(|script| Url::parse(&script)).transpose();
        let stripe_script =
            stripe_script.map_err(|_| SettingsError::Wrong { name: "STRIPE_SCRIPT", expected })?;

        Ok((Self { base_url, project, api_key, public_url, stripe_script }, listen))
    }
}

/// Splits `https://host/projects/name` into its parts.
fn split_project(address: &str) -> Option<(Url, String)> {
    let (base_url, project) = address.trim_end_matches('/').rsplit_once("/projects/")?;
    Some((Url::parse(base_url).ok()?, project.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<(Settings, SocketAddr), SettingsError> {
        Settings::from_environment(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn two_settings_are_enough() {
        let (settings, listen) =
            read(&[("PERENNIAL_URL", "http://127.0.0.1:8080/projects/demo/"), ("PERENNIAL_API_KEY", "hush")])
                .unwrap();

        assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(settings.project, "demo");
        assert_eq!(settings.public_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(listen.port(), 3000);
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn a_missing_or_wrong_setting_is_named() {
        let wrong = |outcome: Result<_, SettingsError>| outcome.map(drop).unwrap_err().to_string();
        let url = ("PERENNIAL_URL", "http://127.0.0.1:8080/projects/demo");
        let key = ("PERENNIAL_API_KEY", "hush");

        assert_eq!(wrong(read(&[key])), "PERENNIAL_URL is not set");
        assert_eq!(wrong(read(&[url])), "PERENNIAL_API_KEY is not set");
        assert!(
            wrong(read(&[key, ("PERENNIAL_URL", "http://127.0.0.1:8080")])).starts_with("PERENNIAL_URL must")
        );
        assert!(wrong(read(&[url, key, ("SHOP_LISTEN", "3000")])).starts_with("SHOP_LISTEN must"));
        assert!(wrong(read(&[url, key, ("STRIPE_SCRIPT", "v3")])).starts_with("STRIPE_SCRIPT must"));
    }
}
