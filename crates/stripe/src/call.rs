//! One request to Stripe, before it is addressed to an account.

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::form::Form;

/// What to ask of Stripe. It can be sent again as it is: the key, or the call's own nature, makes that harmless.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `GET`, `POST` or `DELETE`.
    pub(crate) method: Method,
    /// The path with `{id}` in it: for logs and messages, which name no customer's objects.
    pub(crate) template: &'static str,
    /// The path with the id filled in.
    pub(crate) path: String,
    /// The parameters: in the query of a `GET`, else in the body.
    pub(crate) form: Form,
    /// Made of our ids, never of chance (<https://docs.stripe.com/api/idempotent_requests>).
    pub(crate) idempotency_key: Option<String>,
}

impl Call {
    /// Reads.
    pub(crate) fn get(template: &'static str) -> Self {
        Self::new(Method::GET, template)
    }

    /// Makes or changes.
    pub(crate) fn post(template: &'static str) -> Self {
        Self::new(Method::POST, template)
    }

    /// Ends.
    pub(crate) fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, template)
    }

    fn new(method: Method, template: &'static str) -> Self {
        Self { method, template, path: template.to_owned(), form: Form::new(), idempotency_key: None }
    }

    /// Fills in the `{id}` of the path. Whatever the id holds, it stays one segment.
    pub(crate) fn on(mut self, id: &str) -> Self {
        self.path = self.template.replace("{id}", &utf8_percent_encode(id, SEGMENT).to_string());
        self
    }

    /// With these parameters.
    pub(crate) fn with(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Under this key: Stripe does it once, however often it is asked.
    pub(crate) fn once(mut self, key: String) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Under this key and a digest of the parameters.
    ///
    /// For what may rightly be asked with other parameters after an attempt that came to nothing: Stripe refuses a
    /// key that comes back with other parameters for a day, and so would bar the correction.
    pub(crate) fn once_as_is(self, key: &str) -> Self {
        let digest = Sha256::digest(self.form.encode());
        let key = format!("{key}/{}", hex::encode(&digest[..8]));
        self.once(key)
    }
}

/// Stripe's ids are letters, digits, `_` and, in ids that merchants choose, `-` and `.`.
const SEGMENT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_reaches_another_path() {
        let call = Call::get("/v1/invoices/{id}").on("in_1/../../customers?limit=100");
        assert_eq!(call.path, "/v1/invoices/in_1%2F..%2F..%2Fcustomers%3Flimit%3D100");
    }

    #[test]
    fn a_key_as_is_follows_the_parameters() {
        let key = |name: &str| {
            let call =
                Call::post("/v1/customers").with(Form::new().with("name", name)).once_as_is("usr_1/customer");
            call.idempotency_key.unwrap()
        };
        assert_eq!(key("Ada"), key("Ada"));
        assert_ne!(key("Ada"), key("Ada L."));
        assert!(key("Ada").starts_with("usr_1/customer/"));
    }
}
