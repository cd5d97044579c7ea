//! The way back to the app (contracts/projects-api.md §3.3).

use serde::Serialize;
use url::Url;

use crate::{ConnectSessionId, Outcome};

/// Where the customer goes back to. Never a scheme that runs code or reads files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback(Url);

/// Why a callback is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Not an absolute URL.
    #[error("the callback is not an absolute URL")]
    NotAbsolute,
    /// `javascript:`, `data:` and their like.
    #[error("a callback may not have the scheme {0:?}")]
    Scheme(String),
    /// The operator allows others only.
    #[error("the callback is not on the project's list of allowed callbacks")]
    NotAllowed,
}

/// Schemes that run code or read files where the browser is.
const FORBIDDEN_SCHEMES: [&str; 8] =
    ["javascript", "data", "file", "vbscript", "blob", "about", "filesystem", "view-source"];

impl Callback {
    /// Reads a callback (contract §3.3): http, https or an app's own scheme, on the allow-list where there is one.
    pub fn parse(text: &str, allow_list: &[Url]) -> Result<Self, CallbackError> {
        let url = Url::parse(text.trim()).map_err(|_| CallbackError::NotAbsolute)?;
        if FORBIDDEN_SCHEMES.contains(&url.scheme()) {
            return Err(CallbackError::Scheme(url.scheme().to_owned()));
        }
        if matches!(url.scheme(), "http" | "https") && url.host().is_none() {
            return Err(CallbackError::NotAbsolute);
        }
        if !allow_list.is_empty() && !allow_list.iter().any(|allowed| covers(allowed, &url)) {
            return Err(CallbackError::NotAllowed);
        }
        Ok(Self(url))
    }

    /// The URL as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it leads, as a source of a Content Security Policy: an origin, or an app's scheme.
    pub fn source(&self) -> String {
        match self.0.host_str() {
            Some(_) if matches!(self.0.scheme(), "http" | "https") => self.0.origin().ascii_serialization(),
            _ => format!("{}:", self.0.scheme()),
        }
    }

    /// The URL with our two parameters at the end of its query, before a fragment.
    pub fn with_outcome(&self, session: ConnectSessionId, outcome: Outcome) -> String {
        let mut url = self.0.clone();
        let query = url.query().unwrap_or_default().to_owned();
        // `query_pairs_mut` would re-encode what the operator wrote; theirs stays to the letter.
        let separator = if query.is_empty() { "" } else { "&" };
        url.set_query(Some(&format!("{query}{separator}session_id={session}&status={}", outcome.as_str())));
        url.into()
    }
}

/// Same scheme, host and port, and a path below: compared by parts, so that `https://shop.example.evil` is not `https://shop.example`.
fn covers(allowed: &Url, url: &Url) -> bool {
    let same_place = allowed.scheme() == url.scheme()
        && allowed.host() == url.host()
        && allowed.port_or_known_default() == url.port_or_known_default();
    let base = allowed.path().trim_end_matches('/');
    let below = url.path().strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    same_place && below && url.username().is_empty()
}

impl Serialize for Callback {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    fn session() -> ConnectSessionId {
        ConnectSessionId::from_uuid(Uuid::from_u128(9))
    }

    #[test]
    fn ours_come_after_theirs_and_before_the_fragment() {
        let back = |text: &str| Callback::parse(text, &[]).unwrap().with_outcome(session(), Outcome::Success);
        let ours = format!("session_id={}&status=success", session());
        assert_eq!(
            back("https://shop.example/plans?ref=7&x=%20#top"),
            format!("https://shop.example/plans?ref=7&x=%20&{ours}#top")
        );
        assert_eq!(
            back("http://localhost:3000/phone-plans"),
            format!("http://localhost:3000/phone-plans?{ours}")
        );
        assert_eq!(back("app://plans"), format!("app://plans?{ours}"));
    }

    #[test]
    fn schemes_that_run_code_are_refused() {
        for text in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "java\nscript:alert(1)",
        ] {
            assert!(
                matches!(Callback::parse(text, &[]), Err(CallbackError::Scheme(_))),
                "{text:?} was taken"
            );
        }
        for text in ["", "/relative", "//shop.example", "shop.example/x"] {
            assert_eq!(Callback::parse(text, &[]), Err(CallbackError::NotAbsolute), "{text:?}");
        }
    }

    #[test]
    fn the_allow_list_compares_parts_and_not_letters() {
        let allowed = [Url::parse("https://shop.example/app").unwrap()];
        let check = |text: &str| Callback::parse(text, &allowed).is_ok();
        assert!(check("https://shop.example/app/plans?x=1"));
        assert!(check("https://shop.example:443/app"));
        for text in [
            "https://shop.example.evil/app",
            "https://shop.example/apple",
            "http://shop.example/app",
            "https://shop.example@evil/app",
            "https://a@shop.example/app",
        ] {
            assert!(!check(text), "{text:?} was taken");
        }
    }
}
