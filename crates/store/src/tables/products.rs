//! Products: the catalogue of a project. It is small and read whole.

use perennial_domain::{
    AddonType, ChangePolicy, CountryCode, Id, PriceStatus, Product, ProductId, ProductKind, ProductStatus,
    SimType,
};

use super::page::{PageError, PageRequest, Slice, page_of};
use super::table::{Table, expect_one};
use super::values::{Json, json, optional_json};
use super::{Prices, Products};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const PRODUCTS: Table = Table::new(
    "products",
    "id, project_id, reference, kind, name, description, image, status, exclusive_group, changes, sku, \
     capabilities, plan_facts, addon_facts, metadata, stripe_product_id, stripe_pending, created_at",
);

/// Which products are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Plans or add-ons.
    pub kind: Option<ProductKind>,
    /// In one of these states; all when empty.
    pub statuses: Vec<ProductStatus>,
    /// Of this network.
    pub provider: Option<String>,
    /// Plans that work with this SIM.
    pub sim_type: Option<SimType>,
    /// Add-ons of this type.
    pub addon_type: Option<AddonType>,
    /// Those with an active price that renews, or with one that does not.
    pub renews: Option<bool>,
    /// Add-ons that fit this plan.
    pub plan: Option<ProductId>,
    /// Add-ons whose coverage includes this country.
    pub coverage_country: Option<CountryCode>,
    /// Those alone that carry the facts of a mobile plan or add-on.
    pub only_telecom: bool,
}

impl Products<'_> {
    /// Adds a product. Conflicts: `products_reference_key`, `products_sku_key`.
    pub fn insert(&mut self, product: &Product) -> Result<(), StoreError> {
        let values = params![
            product.id,
            self.project,
            product.reference,
            product.kind,
            product.name,
            product.description,
            product.image,
            product.status,
            product.exclusive_group,
            json(&product.changes)?,
            product.sku,
            json(&product.capabilities)?,
            optional_json(product.plan_facts.as_ref())?,
            optional_json(product.addon_facts.as_ref())?,
            json(&product.metadata)?,
            product.stripe_product_id,
            product.stripe_pending,
            product.created_at,
        ];
        self.tx.execute(&PRODUCTS.insert(), values)?;
        Ok(())
    }

    /// Writes everything but the ids, the kind and the time of creation.
    pub fn update(&mut self, product: &Product) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE products SET reference = $3, name = $4, description = $5, image = $6, status = $7, \
             exclusive_group = $8, sku = $9, capabilities = $10, plan_facts = $11, addon_facts = $12, \
             metadata = $13, stripe_product_id = $14, stripe_pending = $15, changes = $16 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                product.id,
                product.reference,
                product.name,
                product.description,
                product.image,
                product.status,
                product.exclusive_group,
                product.sku,
                json(&product.capabilities)?,
                optional_json(product.plan_facts.as_ref())?,
                optional_json(product.addon_facts.as_ref())?,
                json(&product.metadata)?,
                product.stripe_product_id,
                product.stripe_pending,
                json(&product.changes)?,
            ],
        )?;
        expect_one(touched)
    }

    /// The product with this id.
    pub fn find(&mut self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.tx.optional(&PRODUCTS.select("id = $2"), params![self.project, id])
    }

    /// The product with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.tx.optional(&PRODUCTS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The product that the catalogue file calls so.
    pub fn find_by_reference(&mut self, reference: &str) -> Result<Option<Product>, StoreError> {
        self.tx.optional(&PRODUCTS.select("reference = $2"), params![self.project, reference])
    }

    /// The whole catalogue, newest first.
    pub fn all(&mut self) -> Result<Vec<Product>, StoreError> {
        let sql =
            format!("{} WHERE project_id = $1 ORDER BY created_at DESC, id DESC", PRODUCTS.select_all());
        self.tx.list(&sql, params![self.project])
    }

    /// One page of the products that match.
    ///
    /// Compared here and not in SQL: what is asked for stands in JSON, and a catalogue has tens of rows.
    pub fn page(
        &mut self,
        filter: &ProductFilter,
        request: PageRequest,
    ) -> Result<Slice<Product>, PageError> {
        let products = self.all()?;
        let of_renewal = match filter.renews {
            Some(renews) => Some(self.with_active_price(renews)?),
            None => None,
        };
        let matches = |product: &Product| {
            filter.matches(product) && of_renewal.as_ref().is_none_or(|ids| ids.contains(&product.id))
        };
        page_of(products, |product| product.id.uuid(), matches, request)
    }

    /// The products with an active price that renews, or with one that does not.
    fn with_active_price(&mut self, renews: bool) -> Result<Vec<ProductId>, StoreError> {
        let prices = Prices { tx: self.tx.reborrow(), project: self.project }.all()?;
        let wanted = prices
            .iter()
            .filter(|price| price.status == PriceStatus::Active && price.term.renews() == renews);
        Ok(wanted.map(|price| price.product_id).collect())
    }
}

impl ProductFilter {
    fn matches(&self, product: &Product) -> bool {
        let (plan, addon) = (product.plan_facts.as_ref(), product.addon_facts.as_ref());
        let provider = plan.map(|facts| &facts.provider).or(addon.map(|facts| &facts.provider));
        let covers = |country: &CountryCode| {
            addon
                .and_then(|facts| facts.coverage.as_ref())
                .is_some_and(|coverage| coverage.countries.contains(country))
        };
        (!self.only_telecom || provider.is_some())
            && self.kind.is_none_or(|kind| product.kind == kind)
            && (self.statuses.is_empty() || self.statuses.contains(&product.status))
            && self.provider.as_ref().is_none_or(|wanted| provider == Some(wanted))
            && self.sim_type.is_none_or(|sim| plan.is_some_and(|facts| facts.sim_types.contains(&sim)))
            && self.addon_type.is_none_or(|wanted| addon.is_some_and(|facts| facts.addon_type == wanted))
            && self.plan.is_none_or(|plan| addon.is_some_and(|facts| facts.plans.contains(&plan)))
            && self.coverage_country.as_ref().is_none_or(covers)
    }
}

impl FromRow for Product {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            reference: row.take()?,
            kind: row.take()?,
            name: row.take()?,
            description: row.take()?,
            image: row.take()?,
            status: row.take()?,
            exclusive_group: row.take()?,
            changes: row.take::<Option<Json<_>>>()?.map_or_else(ChangePolicy::default, |changes| changes.0),
            sku: row.take()?,
            capabilities: row.take::<Json<_>>()?.0,
            plan_facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
            addon_facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
            metadata: row.take::<Json<_>>()?.0,
            stripe_product_id: row.take()?,
            stripe_pending: row.take()?,
            created_at: row.take()?,
        })
    }
}
