//! Who is at the counter.
//!
//! This is a demo: an e-mail address is enough to log in, nobody checks it, and the cookie that keeps
//! it is not signed, so anybody can be anyone. A real shop brings its own log-in; what the rest of the
//! shop needs of it is a [`Customer`].

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::response::Redirect;
use jiff::civil::Date;
use perennial_client::UserDetails;
use url::form_urlencoded;

/// Cookies do not know ports, and on one machine several servers share a host: hence the shop's name.
const COOKIE_NAME: &str = "kestrel_email";

/// Somebody who is logged in. As an extractor it sends everybody else to the log-in page.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) email: String,
}

/// Somebody who may or may not be logged in.
pub(crate) struct Visitor(pub(crate) Option<Customer>);

impl Customer {
    /// What the shop knows of its customer. A real one would look it up in its profiles; here all
    /// customers but for their address are the same person.
    pub(crate) fn details(&self) -> UserDetails {
        UserDetails {
            full_name: Some("Robin Ellery".to_owned()),
            birthday: Some(Date::constant(1990, 5, 17)),
            preferred_locale: Some("en-US".to_owned()),
            ..UserDetails::new(&self.email)
        }
    }

    /// The `Set-Cookie` that logs this customer in, until the browser closes.
    pub(crate) fn log_in_cookie(&self, is_https: bool) -> String {
        let email: String = form_urlencoded::byte_serialize(self.email.as_bytes()).collect();
        let secure = if is_https { "; Secure" } else { "" };
        format!("{COOKIE_NAME}={email}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }

    /// The `Set-Cookie` that logs anybody out.
    pub(crate) fn log_out_cookie() -> String {
        format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    }

    fn from_cookies(parts: &Parts) -> Option<Self> {
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let (_, email) = cookies
            .flat_map(|cookies| cookies.split(';'))
            .flat_map(|cookie| form_urlencoded::parse(cookie.trim().as_bytes()))
            .find(|(name, email)| name == COOKIE_NAME && !email.is_empty())?;
        Some(Self { email: email.into_owned() })
    }
}

impl<S: Sync> FromRequestParts<S> for Customer {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Redirect> {
        Self::from_cookies(parts).ok_or_else(|| Redirect::to("/log-in"))
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(Customer::from_cookies(parts)))
    }
}
