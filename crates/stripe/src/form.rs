//! Parameters as Stripe takes them: form fields whose names nest with brackets (<https://docs.stripe.com/api>).

use url::form_urlencoded;

/// Form fields in the order in which they were added: the same request is always the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// No fields.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a field. The name spells its nesting out, such as `line_items[0][price]`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "literals, ids and numbers: a borrow would be noise in each call"
    )]
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.fields.push((name.into(), value.to_string()));
        self
    }

    /// Adds a field, if there is a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Asks for linked objects in full (<https://docs.stripe.com/api/expanding_objects>).
    pub(crate) fn expanding(self, paths: &[&str]) -> Self {
        paths.iter().fold(self, |form, path| form.with("expand[]", path))
    }

    /// Whether there are no fields.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields as a query or a body of the type `application/x-www-form-urlencoded`.
    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_break_out_of_their_field() {
        let form = Form::new()
            .with("name", "a&b=c d")
            .with_some("email", None::<&str>)
            .with("line_items[0][quantity]", 1);
        assert_eq!(form.encode(), "name=a%26b%3Dc+d&line_items%5B0%5D%5Bquantity%5D=1");
    }
}
