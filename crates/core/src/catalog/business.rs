//! What makes a product of the file a purchasable of businesses (contracts/business-api.md §8, §9.3).

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::{BusinessFacts, ItemType, ProductId, ProductKind};

use super::file::ProductEntry;
use super::reader::TableReader;

const ITEM_TYPES: [(&str, ItemType); 4] = [
    ("package", ItemType::Package),
    ("app", ItemType::App),
    ("staff_slot", ItemType::StaffSlot),
    ("one_time_purchase", ItemType::OneTimePurchase),
];
/// The exclusive group of packages, unless the file names another.
const PACKAGES: &str = "package";

/// The table `business` of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessEntry {
    /// What it is.
    pub item_type: ItemType,
    /// The code name of the app that it is a plan of.
    pub app: Option<String>,
    /// The keys of what is given along with it.
    pub bundles: Vec<String>,
    /// How many of what it sells; unlimited when absent.
    pub quantity: Option<u32>,
}

pub(super) fn read_business(reader: &mut TableReader<'_, '_>) -> Option<BusinessEntry> {
    let item_type = reader.required("item_type", |reader, key| reader.word(key, &ITEM_TYPES));
    let app = reader.text("app");
    let bundles = reader.texts("bundles").into_iter().map(|(_, key)| key).collect();
    let quantity = reader.integer("quantity").map(u32::try_from);
    if matches!(quantity, Some(Err(_))) {
        reader.complain("`quantity` is not negative");
    }
    Some(BusinessEntry { item_type: item_type?, app, bundles, quantity: quantity.and_then(Result::ok) })
}

impl ProductEntry {
    /// The group of which a customer holds at most one: the file's own word, or what the contract says of businesses. A
    /// business has one package, and one subscription of each app's plan (§8.4).
    pub(super) fn group(&self) -> Option<String> {
        let item_type = self.business.as_ref().map(|business| business.item_type);
        self.exclusive_group.clone().or_else(|| match item_type? {
            ItemType::Package => Some(PACKAGES.to_owned()),
            ItemType::App => Some(format!("app/{}", self.key)),
            ItemType::StaffSlot | ItemType::OneTimePurchase => None,
        })
    }

    /// All packages can be changed into each other, as can the plans of one app and the add-ons of one kind (§9.3).
    pub(super) fn business_facts(&self, ids: &BTreeMap<&str, ProductId>) -> Option<BusinessFacts> {
        let business = self.business.as_ref()?;
        let offered_as = business.app.as_ref().map_or(business.item_type.as_str(), String::as_str);
        Some(BusinessFacts {
            item_type: business.item_type,
            offered_as: offered_as.to_owned(),
            app: business.app.clone(),
            bundles: business.bundles.iter().filter_map(|key| ids.get(key.as_str()).copied()).collect(),
            quantity: business.quantity,
        })
    }
}

/// Finds what contradicts the rules between purchasables.
pub(super) fn check_business(products: &[ProductEntry], complain: &mut impl FnMut(&ProductEntry, String)) {
    let mut package_group = None;
    for product in products {
        let Some(business) = &product.business else { continue };
        check_alone(product, business, complain);
        check_bundles(products, product, business, complain);
        if business.item_type == ItemType::Package {
            let group = product.group();
            if package_group.get_or_insert_with(|| group.clone()) != &group {
                complain(product, "all packages are of one `exclusive_group`: a business has one".to_owned());
            }
        }
    }
}

fn check_alone(
    product: &ProductEntry,
    business: &BusinessEntry,
    complain: &mut impl FnMut(&ProductEntry, String),
) {
    if product.kind != ProductKind::Plan {
        complain(
            product,
            "what is sold to businesses is a `plan`: each is a subscription of its own".to_owned(),
        );
    }
    if product.sku.is_none() {
        complain(product, "what is sold to businesses needs a `sku`".to_owned());
    }
    if product.plan_facts.is_some() {
        complain(product, "a product has `mobile_plan` or `business`, not both".to_owned());
    }
    if (business.item_type == ItemType::App) != business.app.is_some() {
        complain(product, "`app` names the app of a product of the type \"app\", and of no other".to_owned());
    }
}

fn check_bundles(
    products: &[ProductEntry],
    product: &ProductEntry,
    business: &BusinessEntry,
    complain: &mut impl FnMut(&ProductEntry, String),
) {
    if business.bundles.is_empty() {
        return;
    }
    if !matches!(business.item_type, ItemType::Package | ItemType::App) {
        complain(product, "`bundles` belongs to packages and apps".to_owned());
    }
    let mut named = BTreeSet::new();
    let mut staff_slots = 0;
    for key in &business.bundles {
        if !named.insert(key) {
            complain(product, format!("`bundles` names {key:?} twice"));
        }
        let child = products.iter().find(|other| other.key == *key);
        match child.and_then(|child| child.business.as_ref()) {
            _ if *key == product.key => complain(product, "a product does not bundle itself".to_owned()),
            None => complain(product, format!("`bundles` names {key:?}, which is not sold to businesses")),
            Some(child) if child.item_type == ItemType::Package => {
                complain(product, format!("`bundles` names {key:?}, and a package is never bundled"));
            }
            Some(child) => staff_slots += u32::from(child.item_type == ItemType::StaffSlot),
        }
    }
    if staff_slots > 1 {
        complain(product, "a product bundles one kind of staff slots at the most".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::parse_catalog;

    fn product(key: &str, business: &str) -> String {
        format!(
            "[[product]]\nkey = {key:?}\nkind = \"plan\"\nname = \"Crew\"\nsku = {key:?}\n\
             [[product.price]]\nkey = \"free\"\namount = 0\ncurrency = \"USD\"\nonce = \"lifetime\"\n\
             [product.business]\n{business}\n"
        )
    }

    fn mistakes(entries: &[(&str, &str)]) -> Vec<String> {
        let text = entries.iter().map(|(key, business)| product(key, business)).collect::<String>();
        match parse_catalog(&text) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes.0.into_iter().map(|mistake| mistake.message).collect(),
        }
    }

    const SEATS: (&str, &str) = ("seats", "item_type = \"staff_slot\"");
    const MORE_SEATS: (&str, &str) = ("more-seats", "item_type = \"staff_slot\"");
    const PACKAGE: (&str, &str) = ("crew", "item_type = \"package\"");

    #[test]
    fn a_bundle_is_what_the_contract_allows() {
        assert!(mistakes(&[SEATS, ("plus", "item_type = \"package\"\nbundles = [\"seats\"]")]).is_empty());
        for (bundles, expected) in [
            ("[\"plus\"]", "a product does not bundle itself"),
            ("[\"crew\"]", "`bundles` names \"crew\", and a package is never bundled"),
            ("[\"seats\", \"seats\"]", "`bundles` names \"seats\" twice"),
            ("[\"none\"]", "`bundles` names \"none\", which is not sold to businesses"),
            ("[\"seats\", \"more-seats\"]", "a product bundles one kind of staff slots at the most"),
        ] {
            let plus = format!("item_type = \"package\"\nbundles = {bundles}");
            let found = mistakes(&[SEATS, MORE_SEATS, PACKAGE, ("plus", &plus)]);
            assert!(found.iter().any(|message| message == expected), "{bundles}: {found:?}");
        }
        let found = mistakes(&[SEATS, ("once", "item_type = \"one_time_purchase\"\nbundles = [\"seats\"]")]);
        assert_eq!(found, ["`bundles` belongs to packages and apps"]);
    }

    #[test]
    fn an_app_is_named_where_there_is_one() {
        assert!(mistakes(&[("booking", "item_type = \"app\"\napp = \"booking\"")]).is_empty());
        for business in ["item_type = \"app\"", "item_type = \"package\"\napp = \"booking\""] {
            assert_eq!(mistakes(&[("booking", business)]).len(), 1, "{business}");
        }
    }
}
