//! The difference between a file and the catalogue as it is: what `plan` prints and `apply` carries out.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Price, PriceStatus, Product, ProductId, ProductStatus, ProjectId, Term};
use perennial_store::{StoreError, Tx};

use super::file::{CatalogFile, PriceEntry, ProductEntry};
use super::platform::PlatformPart;
use crate::context::Cx;

/// One row that has to change.
#[derive(Clone, Debug)]
pub enum Change {
    /// A product is made, or changed.
    Product {
        /// What it is now, if it is.
        before: Option<Box<Product>>,
        /// What it will be.
        after: Box<Product>,
    },
    /// A price is made. Where one of the same key was archived before, it replaces that.
    CreatePrice {
        /// The key of its product.
        product: String,
        /// What it will be.
        price: Price,
    },
    /// A price is taken off sale; who pays it goes on paying it.
    ArchivePrice {
        /// The key of its product.
        product: String,
        /// What it is now.
        price: Price,
    },
    /// An earlier apply was interrupted before Stripe had it all.
    FinishAtStripe {
        /// The key of the product.
        product: String,
    },
    /// Somebody who works on the platform is made.
    Platform(PlatformPart),
}

/// Compares a file with the catalogue. Changes nothing.
pub fn plan_catalog(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    file: &CatalogFile,
) -> Result<Vec<Change>, StoreError> {
    let current = Current::load(tx, project)?;
    let ids = file.products.iter().map(|entry| {
        let known = current.products.get(&entry.key).map(|product| product.id);
        (entry.key.as_str(), known.unwrap_or_else(|| cx.id()))
    });
    let ids = ids.collect::<BTreeMap<&str, ProductId>>();
    let mut changes = Vec::new();
    for (position, entry) in (0..).zip(&file.products) {
        // Lists are newest first: a microsecond apart, they read as the file does.
        let created_at = cx.now() - SignedDuration::from_micros(position);
        let after = product_row(project, entry, &ids, &current, created_at);
        changes.extend(change_product(current.products.get(&entry.key), after));
        changes.extend(change_prices(cx, project, entry, ids[entry.key.as_str()], &current));
    }
    changes.extend(current.missing_from(file));
    changes.extend(current.unfinished(&changes));
    // After what is sold: a new business may be given some of it.
    changes.extend(file.platform.missing(tx, project)?.into_iter().map(Change::Platform));
    Ok(changes)
}

/// The catalogue as it is.
struct Current {
    products: BTreeMap<String, Product>,
    prices: Vec<Price>,
}

impl Current {
    fn load(tx: &mut Tx<'_>, project: ProjectId) -> Result<Self, StoreError> {
        let products = tx
            .products(project)
            .all()?
            .into_iter()
            .map(|product| (product.reference.clone(), product))
            .collect();
        Ok(Self { products, prices: tx.prices(project).all()? })
    }

    fn active_prices(&self, product: ProductId) -> impl Iterator<Item = &Price> {
        self.prices.iter().filter(move |price| price.product_id == product && price.is_on_sale())
    }

    /// What the file no longer names is archived, never deleted: somebody may have it.
    fn missing_from(&self, file: &CatalogFile) -> Vec<Change> {
        let is_named = |product: &Product| file.products.iter().any(|entry| entry.key == product.reference);
        let gone = self.products.values().filter(|product| !is_named(product));
        gone.flat_map(|product| {
            let archived = Product { status: ProductStatus::Archived, ..product.clone() };
            let prices = self.active_prices(product.id).map(|price| archive(&product.reference, price));
            change_product(Some(product), archived).into_iter().chain(prices).collect::<Vec<_>>()
        })
        .collect()
    }

    fn unfinished(&self, changes: &[Change]) -> Vec<Change> {
        let is_changing = |key: &str| changes.iter().any(|change| change.product_key() == Some(key));
        let waits = |product: &Product| {
            product.stripe_pending
                || self.prices.iter().any(|price| price.product_id == product.id && price.stripe_pending)
        };
        let unfinished =
            self.products.values().filter(|product| waits(product) && !is_changing(&product.reference));
        unfinished.map(|product| Change::FinishAtStripe { product: product.reference.clone() }).collect()
    }
}

impl Change {
    /// The key of the product that it concerns.
    pub fn product_key(&self) -> Option<&str> {
        match self {
            Self::Product { after, .. } => Some(&after.reference),
            Self::CreatePrice { product, .. }
            | Self::ArchivePrice { product, .. }
            | Self::FinishAtStripe { product } => Some(product),
            Self::Platform(_) => None,
        }
    }
}

fn product_row(
    project: ProjectId,
    entry: &ProductEntry,
    ids: &BTreeMap<&str, ProductId>,
    current: &Current,
    created_at: Timestamp,
) -> Product {
    let before = current.products.get(&entry.key);
    let plans = entry.addon_plans.iter().filter_map(|plan| ids.get(plan.as_str()).copied()).collect();
    Product {
        id: ids[entry.key.as_str()],
        project_id: project,
        reference: entry.key.clone(),
        kind: entry.kind,
        name: entry.name.clone(),
        description: entry.description.clone(),
        image: entry.image.clone(),
        status: entry.status,
        exclusive_group: entry.group(),
        changes: entry.changes,
        sku: entry.sku.clone(),
        capabilities: entry.capabilities.clone(),
        plan_facts: entry.plan_facts.clone(),
        addon_facts: entry.addon_facts.clone().map(|facts| perennial_domain::AddonFacts { plans, ..facts }),
        business_facts: entry.business_facts(ids),
        metadata: entry.metadata.clone(),
        stripe_product_id: before.and_then(|before| before.stripe_product_id.clone()),
        stripe_pending: before.is_some_and(|before| before.stripe_pending),
        created_at: before.map_or(created_at, |before| before.created_at),
    }
}

fn change_product(before: Option<&Product>, mut after: Product) -> Option<Change> {
    if before == Some(&after) {
        return None;
    }
    let is_at_stripe = before.is_some_and(|before| before.stripe_product_id.is_some());
    after.stripe_pending |= is_at_stripe && before.map(shown_at_stripe) != Some(shown_at_stripe(&after));
    Some(Change::Product { before: before.cloned().map(Box::new), after: Box::new(after) })
}

/// What Stripe shows of a product on its pages and receipts; all else is ours alone.
pub(super) fn shown_at_stripe(product: &Product) -> (&str, Option<&str>, Option<&str>, ProductStatus) {
    (&product.name, product.description.as_deref(), product.image.as_deref(), product.status)
}

fn change_prices(
    cx: &Cx,
    project: ProjectId,
    entry: &ProductEntry,
    product: ProductId,
    current: &Current,
) -> Vec<Change> {
    let is_same = |price: &Price, wanted: &PriceEntry| {
        price.reference == wanted.key && price.amount == wanted.amount && price.term == wanted.term
    };
    let active = current.active_prices(product).collect::<Vec<_>>();
    let gone = active.iter().filter(|price| !entry.prices.iter().any(|wanted| is_same(price, wanted)));
    let fresh = entry.prices.iter().filter(|wanted| !active.iter().any(|price| is_same(price, wanted)));
    let create = |wanted: &PriceEntry| Change::CreatePrice {
        product: entry.key.clone(),
        price: Price {
            id: cx.id(),
            project_id: project,
            product_id: product,
            reference: wanted.key.clone(),
            amount: wanted.amount,
            term: wanted.term,
            status: PriceStatus::Active,
            stripe_price_id: None,
            stripe_pending: !wanted.amount.is_zero(),
            created_at: cx.now(),
        },
    };
    // The old one first: two active prices of one key cannot be.
    gone.map(|price| archive(&entry.key, price)).chain(fresh.map(create)).collect()
}

fn archive(product: &str, price: &Price) -> Change {
    Change::ArchivePrice { product: product.to_owned(), price: price.clone() }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product { before: None, after } => {
                write!(formatter, "+ product {} ({})", after.reference, after.name)
            }
            Self::Product { before: Some(before), after } if before.status != after.status => {
                write!(formatter, "~ product {}: {} becomes {}", after.reference, before.status, after.status)
            }
            Self::Product { after, .. } => {
                write!(formatter, "~ product {} ({})", after.reference, after.name)
            }
            Self::CreatePrice { product, price } => {
                write!(
                    formatter,
                    "+ price {product}/{}: {} {}",
                    price.reference,
                    price.amount,
                    TermWords(price.term)
                )
            }
            Self::ArchivePrice { product, price } => {
                write!(
                    formatter,
                    "- price {product}/{}: {} {}",
                    price.reference,
                    price.amount,
                    TermWords(price.term)
                )
            }
            Self::Platform(part) => part.fmt(formatter),
            Self::FinishAtStripe { product } => {
                write!(formatter, "~ product {product}: not finished at Stripe yet")
            }
        }
    }
}

/// A term in the words of the file.
struct TermWords(Term);

impl fmt::Display for TermWords {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, span) = match self.0 {
            Term::Recurring(span) => ("every", span),
            Term::Fixed(span) => ("once for", span),
            Term::Lifetime => return formatter.write_str("once for life"),
        };
        let plural = if span.count == 1 { "" } else { "s" };
        write!(formatter, "{word} {} {}{plural}", span.count, span.unit)
    }
}
