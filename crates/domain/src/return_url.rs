//! Where a checkout form leads in the end (contracts/business-api.md §9.6).

use url::Url;

/// A page of the operator's to which a browser may be sent. Nothing is ever appended to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnUrl(Url);

/// Why a browser is not sent there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnUrlError {
    /// Neither an address of the web nor a path, or one with characters that browsers read in their own ways.
    #[error("this is neither an absolute http address nor a path")]
    Malformed,
    /// A path, and nobody says on which host.
    #[error("a path needs a host that it is meant for")]
    NoBase,
    /// The operator did not list it.
    #[error("the operator allows no way to this address")]
    NotAllowed,
}

impl ReturnUrl {
    /// Reads an address. A path is taken on `base`. Wherever it leads, its host must be on the list, with its port where
    /// that is not the usual one.
    pub fn parse(text: &str, base: Option<&Url>, hosts: &[String]) -> Result<Self, ReturnUrlError> {
        // URL parsers drop control characters and turn backslashes round, each in its own way.
        if text.is_empty() || text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(ReturnUrlError::Malformed);
        }
        let url = if text.starts_with('/') && !text.starts_with("//") {
            let base = base.ok_or(ReturnUrlError::NoBase)?;
            base.join(text).map_err(|_| ReturnUrlError::Malformed)?
        } else {
            Url::parse(text).map_err(|_| ReturnUrlError::Malformed)?
        };
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_plain {
            return Err(ReturnUrlError::Malformed);
        }
        let host = host_of(&url);
        if hosts.iter().any(|listed| listed.eq_ignore_ascii_case(&host)) {
            Ok(Self(url))
        } else {
            Err(ReturnUrlError::NotAllowed)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it leads, as a source of a Content Security Policy.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

/// The host of an address as a list spells it: with its port, where that is not the usual one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, ReturnUrlError> {
        let hosts = ["desk.example", "localhost:3000"].map(str::to_owned);
        let base = "https://desk.example".parse().unwrap();
        ReturnUrl::parse(text, Some(&base), &hosts).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn listed_hosts_are_led_to_as_it_was_asked() {
        for text in [
            "https://desk.example/app/done?plan=crew#top",
            "http://localhost:3000/back?x=%20",
            "http://desk.example/",
        ] {
            assert_eq!(read(text).unwrap(), text);
        }
        assert_eq!(read("/app/done?ok=1").unwrap(), "https://desk.example/app/done?ok=1");
        assert_eq!(read("https://DESK.example:443/app").unwrap(), "https://desk.example/app");
    }

    #[test]
    fn addresses_that_run_code_or_hide_their_host_are_refused() {
        for text in [
            "",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "app://plans",
            "app/done",
            "//desk.example/app",
            "/\\evil.example/app",
            "https:\\\\desk.example/app",
            "https://eve@desk.example/app",
            "https://:pw@desk.example/app",
            "https://",
            "/app\tdone",
        ] {
            assert_eq!(read(text), Err(ReturnUrlError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn the_list_names_whole_hosts() {
        for text in [
            "https://evil.example/app",
            "https://desk.example.evil/app",
            "https://evildesk.example/app",
            "https://desk.example:8443/app",
            "https://evil%2eexample/app",
            "http://localhost:3001/",
            "http://localhost/",
            "https://desk.example./",
        ] {
            assert_eq!(read(text), Err(ReturnUrlError::NotAllowed), "{text:?}");
        }
    }

    #[test]
    fn a_path_needs_a_host_and_an_empty_list_allows_nothing() {
        assert_eq!(ReturnUrl::parse("/app", None, &[]), Err(ReturnUrlError::NoBase));
        let base = "https://desk.example".parse().unwrap();
        assert_eq!(ReturnUrl::parse("/app", Some(&base), &[]), Err(ReturnUrlError::NotAllowed));
    }
}
