//! Making the catalogue what the file says: here in one transaction, then at Stripe, row by row.
//!
//! Rows that Stripe has yet to hear of are marked in the same transaction. A crash in the middle leaves marks, and the
//! next apply goes on where it stopped: keys are made from our ids, so nothing is made twice.

use perennial_domain::{Price, PriceStatus, Product, ProductStatus, ProjectId};
use perennial_store::{StoreError, Tx};

use super::file::CatalogFile;
use super::plan::{Change, plan_catalog};
use crate::context::{AccountError, App, Cx};
use crate::ports::{Payments, PaymentsError, PriceDraft, ProductDraft};

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What changed here.
    pub changes: Vec<Change>,
    /// How many products and prices Stripe heard of.
    pub told_stripe: usize,
}

/// Why it is not done. What is done already stays, and applying again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ApplyCatalogError {
    /// A paid price needs Stripe.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error("the product {product} is not finished at Stripe")]
    Payments {
        /// Its key.
        product: String,
        /// Why.
        #[source]
        source: PaymentsError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Applies a file. Applying it again changes nothing.
pub async fn apply_catalog(
    app: &App,
    project: ProjectId,
    file: CatalogFile,
) -> Result<Applied, ApplyCatalogError> {
    let changes = app.write(move |cx, tx| apply_here(cx, tx, project, &file)).await?;
    let told_stripe = finish_at_stripe(app, project).await?;
    Ok(Applied { changes, told_stripe })
}

fn apply_here(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    file: &CatalogFile,
) -> Result<Vec<Change>, StoreError> {
    let changes = plan_catalog(cx, tx, project, file)?;
    for change in &changes {
        match change {
            Change::Product { before: None, after } => tx.products(project).insert(after)?,
            Change::Product { after, .. } => tx.products(project).update(after)?,
            Change::CreatePrice { price, .. } => tx.prices(project).insert(price)?,
            Change::ArchivePrice { price, .. } => {
                let stripe_pending = price.stripe_price_id.is_some();
                tx.prices(project).update(&Price {
                    status: PriceStatus::Archived,
                    stripe_pending,
                    ..price.clone()
                })?;
            }
            Change::FinishAtStripe { .. } => {}
        }
    }
    Ok(changes)
}

async fn finish_at_stripe(app: &App, project: ProjectId) -> Result<usize, ApplyCatalogError> {
    let (products, prices) = app
        .read(move |_, tx| Ok::<_, StoreError>((tx.products(project).all()?, tx.prices(project).all()?)))
        .await?;
    let mut told = 0;
    for mut product in products {
        let waiting = prices
            .iter()
            .filter(|price| price.product_id == product.id && price.stripe_pending)
            .collect::<Vec<_>>();
        if waiting.is_empty() && !product.stripe_pending {
            continue;
        }
        let payments = app.payments(project).await?;
        let failed = |source| ApplyCatalogError::Payments { product: product.reference.clone(), source };
        if product.stripe_pending || product.stripe_product_id.is_none() {
            let stripe_product_id = payments.put_product(&draft_of(&product)).await.map_err(failed)?;
            product.stripe_product_id = Some(stripe_product_id);
            product.stripe_pending = false;
            let row = product.clone();
            app.write(move |_, tx| tx.products(project).update(&row)).await?;
            told += 1;
        }
        for price in waiting {
            let failed = |source| ApplyCatalogError::Payments { product: product.reference.clone(), source };
            let row = tell_stripe(payments.as_ref(), &product, price).await.map_err(failed)?;
            app.write(move |_, tx| tx.prices(project).update(&row)).await?;
            told += 1;
        }
    }
    Ok(told)
}

async fn tell_stripe(
    payments: &dyn Payments,
    product: &Product,
    price: &Price,
) -> Result<Price, PaymentsError> {
    let mut row = Price { stripe_pending: false, ..price.clone() };
    match (price.status, &price.stripe_price_id) {
        (PriceStatus::Active, None) => {
            let draft = PriceDraft {
                id: price.id,
                stripe_product_id: product.stripe_product_id.clone().unwrap_or_default(),
                amount: price.amount,
                term: price.term,
            };
            row.stripe_price_id = Some(payments.create_price(&draft).await?);
        }
        (PriceStatus::Archived, Some(stripe_price_id)) => payments.archive_price(stripe_price_id).await?,
        // Archived before Stripe ever heard of it, or known there already.
        (PriceStatus::Archived, None) | (PriceStatus::Active, Some(_)) => {}
    }
    Ok(row)
}

fn draft_of(product: &Product) -> ProductDraft {
    ProductDraft {
        id: product.id,
        stripe_product_id: product.stripe_product_id.clone(),
        name: product.name.clone(),
        description: product.description.clone(),
        image: product.image.clone(),
        is_active: product.status != ProductStatus::Archived,
    }
}
