//! Stripe's own declarations and example objects: see `oracle/ORIGIN.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::script::Sent;

/// What our pinned version calls by another name than the newer one that the declarations are of.
const OF_OUR_OLDER_VERSION: [(&str, &str); 1] =
    // Later `allowed_payment_method_types`.
    [("POST /v1/checkout/sessions", "payment_method_types[]")];

/// The one oracle of all tests.
static PARAMETERS: LazyLock<Parameters> = LazyLock::new(Parameters::load);

/// Fails unless Stripe knows the call and each of its parameters.
pub(crate) fn check(sent: &Sent) {
    PARAMETERS.check(sent);
}

/// The parameters that each call may have.
struct Parameters {
    known: BTreeMap<String, BTreeSet<String>>,
}

impl Parameters {
    fn load() -> Self {
        Self { known: serde_json::from_str(include_str!("oracle/parameters.json")).unwrap() }
    }

    fn check(&self, sent: &Sent) {
        let template = template(&sent.call);
        let known = self.known.get(&template).unwrap_or_else(|| panic!("{template} is not in the oracle"));
        for (name, _) in &sent.form {
            let name = general(name);
            let is_older = OF_OUR_OLDER_VERSION.contains(&(template.as_str(), name.as_str()));
            assert!(is_older || known.contains(&name), "{template} has no parameter {name}");
        }
    }
}

/// One of Stripe's example objects.
pub(crate) fn object(kind: &str) -> Value {
    let mut objects: Value = serde_json::from_str(include_str!("oracle/objects.json")).unwrap();
    objects[kind].take()
}

/// Parts of paths that hold an underscore, as all ids do.
const NOUNS: [&str; 7] = [
    "billing_portal",
    "create_preview",
    "payment_intents",
    "payment_methods",
    "promotion_codes",
    "subscription_items",
    "subscription_schedules",
];

/// `GET /v1/invoices/in_1` is `GET /v1/invoices/{id}`.
fn template(call: &str) -> String {
    let is_id = |segment: &&str| segment.contains('_') && !NOUNS.contains(segment);
    call.split('/')
        .map(|segment| if is_id(&segment) { "{id}" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

/// `line_items[0][price]` is `line_items[][price]`, `metadata[a]` is `metadata[*]`.
fn general(name: &str) -> String {
    let (first, rest) = name.split_once('[').unwrap_or((name, ""));
    let mut parent = first;
    let nested = rest.split(['[', ']']).filter(|segment| !segment.is_empty()).map(|segment| {
        let parent = std::mem::replace(&mut parent, segment);
        match segment {
            _ if segment.bytes().all(|byte| byte.is_ascii_digit()) => "[]".to_owned(),
            _ if parent == "metadata" => "[*]".to_owned(),
            _ => format!("[{segment}]"),
        }
    });
    let tail = if name.ends_with("[]") { "[]" } else { "" };
    format!("{first}{}{tail}", nested.collect::<String>())
}

#[test]
fn names_are_made_general() {
    assert_eq!(general("line_items[12][price]"), "line_items[][price]");
    assert_eq!(general("subscription_data[metadata][perennial_checkout]"), "subscription_data[metadata][*]");
    assert_eq!(general("expand[]"), "expand[]");
    assert_eq!(general("created[gte]"), "created[gte]");
    assert_eq!(template("POST /v1/checkout/sessions/cs_1/expire"), "POST /v1/checkout/sessions/{id}/expire");
}
