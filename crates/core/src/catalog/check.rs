//! Mistakes that only show when the whole file is read.

use std::collections::BTreeMap;

use perennial_domain::ProductKind;

use super::business::check_business;
use super::file::{Mistake, ProductEntry};

/// Finds duplicates, names that lead nowhere, and facts that contradict each other.
pub(super) fn check(products: &[ProductEntry], mistakes: &mut Vec<Mistake>) {
    let mut complain = |product: &ProductEntry, message: String| {
        mistakes.push(Mistake { line: product.line, column: 1, message });
    };
    let mut keys = BTreeMap::new();
    let mut skus = BTreeMap::new();
    for product in products {
        if let Some(line) = keys.insert(product.key.as_str(), product.line) {
            complain(product, format!("the key {:?} is used in line {line} already", product.key));
        }
        if let Some(sku) = &product.sku
            && let Some(line) = skus.insert(sku.as_str(), product.line)
        {
            complain(product, format!("the SKU {sku:?} is used in line {line} already"));
        }
    }
    check_business(products, &mut complain);
    for product in products {
        check_kind(product, &mut complain);
        check_prices(product, &mut complain);
        for plan in &product.addon_plans {
            let is_plan = products.iter().any(|other| other.key == *plan && other.kind == ProductKind::Plan);
            if !is_plan {
                complain(product, format!("`plans` names {plan:?}, which is no plan of this file"));
            }
        }
    }
}

fn check_kind(product: &ProductEntry, complain: &mut impl FnMut(&ProductEntry, String)) {
    if product.kind == ProductKind::Addon && product.plan_facts.is_some() {
        complain(product, "an add-on has `mobile_addon`, not `mobile_plan`".to_owned());
    }
    if product.kind == ProductKind::Plan && product.addon_facts.is_some() {
        complain(product, "a plan has `mobile_plan`, not `mobile_addon`".to_owned());
    }
    if product.kind == ProductKind::Addon && product.exclusive_group.is_some() {
        complain(product, "an add-on cannot exclude others: `exclusive_group` belongs to plans".to_owned());
    }
}

fn check_prices(product: &ProductEntry, complain: &mut impl FnMut(&ProductEntry, String)) {
    if product.prices.len() > 1 && (product.plan_facts.is_some() || product.addon_facts.is_some()) {
        complain(product, "a mobile product has exactly one price".to_owned());
    }
    for (index, price) in product.prices.iter().enumerate() {
        if product.prices[..index].iter().any(|earlier| earlier.key == price.key) {
            complain(product, format!("the price key {:?} is used twice", price.key));
        }
    }
}
