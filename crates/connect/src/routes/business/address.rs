//! What the address of a form says, under all its names (contract §9.1).

use std::collections::HashMap;

use perennial_core::business::read_payment_type;
use perennial_domain::{CheckoutFormId, Currency, PaymentType};
use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use crate::pages::business::Asked;

/// Which form it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Purchase,
    ChangePlan,
    Cancel,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Purchase, Self::ChangePlan, Self::Cancel];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Purchase => "/checkout/purchase",
            Self::ChangePlan => "/checkout/change-plan",
            Self::Cancel => "/checkout/cancel",
        }
    }
}

/// The parameters that forms know, by their first names, and the others by which they are known. `project`, an extension,
/// is the slug of a project, where one server has several with the same business; `form` is one that was confirmed before, of
/// which a part may be paid; `again` says why the customer is back. [`SIGNED`] is none of them: nothing repeats it.
const PARAMETERS: [(&str, &[&str]); 13] = [
    ("project", &[]),
    ("business_uid", &["business_id", "b_uid"]),
    ("current_plan", &["currentPlan"]),
    ("selected_plan", &["selectedPlan", "plan"]),
    ("billing_period", &[]),
    ("currency", &[]),
    ("cart_items", &[]),
    ("smng_external_id", &[]),
    ("brand_host", &[]),
    ("cu", &[]),
    ("su", &[]),
    ("lang", &["locale"]),
    // The last, as it is added to what was said.
    ("form", &[]),
];

/// The parameter with what a link was signed with.
pub(super) const SIGNED: &str = "ct";

/// What the address of a form says. What is empty is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormAddress {
    said: Vec<(&'static str, String)>,
    again: Option<String>,
}

impl FormAddress {
    /// Reads a query, or the fields of a form.
    pub(super) fn read(pairs: &HashMap<String, String>) -> Self {
        let value = |name: &str| pairs.get(name).filter(|value| !value.is_empty());
        let said = PARAMETERS.iter().filter_map(|(name, aliases)| {
            let found = value(name).or_else(|| aliases.iter().find_map(|alias| value(alias)));
            Some((*name, found?.clone()))
        });
        Self { said: said.collect(), again: value("again").cloned() }
    }

    /// Reads path and query, as they are kept of a form that was confirmed.
    pub(super) fn parse(address: &str) -> Option<(Kind, Self)> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let kind = Kind::ALL.into_iter().find(|kind| kind.path() == path)?;
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Some((kind, Self::read(&pairs)))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The same, with another parameter.
    pub(super) fn with(&self, name: &'static str, value: String) -> Self {
        let mut with = self.clone();
        with.said.push((name, value));
        with
    }

    /// The same, naming the project whose form it is.
    pub(super) fn in_project(mut self, slug: &str) -> Self {
        if self.get("project").is_none() {
            // The first, as it is read back.
            self.said.insert(0, ("project", slug.to_owned()));
        }
        self
    }

    /// The form that was confirmed before, and that this one goes on with.
    pub(super) fn form(&self) -> Option<CheckoutFormId> {
        self.get("form")?.parse().ok()
    }

    /// Why the customer is back, in one word.
    pub(super) fn again(&self) -> Option<&str> {
        self.again.as_deref()
    }

    /// How something shall be paid (contract §4: every spelling is taken).
    pub(super) fn payment_type(&self) -> Option<PaymentType> {
        read_payment_type(self.get("billing_period")?)
    }

    /// The ids of what it offers: of the plan that is chosen, or of what is in the cart.
    pub(super) fn offers(&self) -> Vec<Uuid> {
        let cart = self.get("cart_items").and_then(|cart| serde_json::from_str::<Vec<Value>>(cart).ok());
        let in_cart = cart.iter().flatten().filter_map(|item| item["purchasable_price_uid"].as_str());
        in_cart.chain(self.get("selected_plan")).filter_map(|uid| uid.parse().ok()).collect()
    }

    pub(super) fn currency(&self) -> Option<Currency> {
        Currency::from_code(&self.get("currency")?.to_ascii_uppercase()).ok()
    }

    /// The hidden fields that say the same.
    pub(super) fn fields(&self) -> Asked {
        self.said.clone()
    }

    /// Path and query of the form.
    pub(super) fn of(&self, kind: Kind) -> String {
        self.with_query(kind, None)
    }

    /// The same, with a word about why the customer is back.
    pub(super) fn because(&self, kind: Kind, again: &str) -> String {
        self.with_query(kind, Some(("again", again)))
    }

    /// The query without its language, to which another one can be added.
    pub(super) fn without_language(&self) -> String {
        let kept = self.said.iter().filter(|(name, _)| *name != "lang");
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        if query.is_empty() { query } else { format!("{query}&") }
    }

    fn with_query(&self, kind: Kind, more: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.said).extend_pairs(more);
        format!("{}?{}", kind.path(), query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> FormAddress {
        FormAddress::parse(&format!("/checkout/change-plan?{query}")).unwrap().1
    }

    #[test]
    fn every_name_of_a_parameter_means_the_same() {
        let expected = read("business_uid=b1&current_plan=crew&selected_plan=crew_plus");
        for query in [
            "b_uid=b1&currentPlan=crew&plan=crew_plus",
            "business_id=b1&currentPlan=crew&selectedPlan=crew_plus&unknown=1",
        ] {
            assert_eq!(read(query), expected, "{query}");
        }
        assert_eq!(read("plan=other&selected_plan=crew_plus").get("selected_plan"), Some("crew_plus"));
    }

    #[test]
    fn what_a_link_was_signed_with_is_not_repeated() {
        let address = read("business_uid=b1&ct=1930000000.abc&lang=de");
        let said = format!("{} {:?}", address.of(Kind::Purchase), address.fields());
        assert!(!said.contains("193000"), "{said}");
    }

    #[test]
    fn an_address_comes_back_as_it_was_read() {
        let address = read("su=https%3A%2F%2Fdesk.example%2F%3Fa%3D1%26b%3D2&lang=de&again=unfinished");
        assert_eq!(address.again(), Some("unfinished"));
        let (kind, again) = FormAddress::parse(&address.of(Kind::ChangePlan)).unwrap();
        assert_eq!((kind, again.get("su")), (Kind::ChangePlan, address.get("su")));
        assert!(!address.without_language().contains("lang") && address.without_language().ends_with('&'));
    }
}
