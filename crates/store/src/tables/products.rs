//! Products: the catalogue of a project. It is small and read whole.

use perennial_domain::{ChangePolicy, Product, ProductId};

use super::Products;
use super::filter::Filter;
use super::table::{Table, expect_one};
use super::values::{Json, json, optional_json};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const PRODUCTS: Table = Table::new(
    "products",
    "id, project_id, reference, kind, name, description, image, status, exclusive_group, changes, sku, \
     capabilities, plan_facts, addon_facts, metadata, stripe_product_id, stripe_pending, created_at, \
     business_facts",
);

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
            optional_json(product.business_facts.as_ref())?,
        ];
        self.tx.execute(&PRODUCTS.insert(), values)?;
        Ok(())
    }

    /// Writes everything but the ids, the kind and the time of creation.
    pub fn update(&mut self, product: &Product) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE products SET reference = $3, name = $4, description = $5, image = $6, status = $7, \
             exclusive_group = $8, sku = $9, capabilities = $10, plan_facts = $11, addon_facts = $12, \
             metadata = $13, stripe_product_id = $14, stripe_pending = $15, changes = $16, \
             business_facts = $17 \
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
                optional_json(product.business_facts.as_ref())?,
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

    /// The product with this SKU, unless it is archived.
    pub fn find_by_sku(&mut self, sku: &str) -> Result<Option<Product>, StoreError> {
        let sql = PRODUCTS.select("sku = $2 AND status <> 'archived'");
        self.tx.optional(&sql, params![self.project, sku])
    }

    /// Everything that is or was sold under one of these SKUs.
    pub fn ids_of_skus(&mut self, skus: &[String]) -> Result<Vec<ProductId>, StoreError> {
        if skus.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::of_project(&PRODUCTS, &self.project).one_of("sku", skus);
        let sql = format!("SELECT id FROM products WHERE {}", filter.text());
        self.tx.list(&sql, &filter.values_and(params![]))
    }

    /// The whole catalogue, newest first.
    pub fn all(&mut self) -> Result<Vec<Product>, StoreError> {
        let sql =
            format!("{} WHERE project_id = $1 ORDER BY created_at DESC, id DESC", PRODUCTS.select_all());
        self.tx.list(&sql, params![self.project])
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
            business_facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
        })
    }
}
