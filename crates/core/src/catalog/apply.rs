//! Making the catalogue what the file says: here in one transaction, then at Stripe, row by row.
//!
//! Rows that Stripe has yet to hear of are marked in the same transaction. A crash in the middle leaves marks, and the
//! next apply goes on where it stopped: keys are made from our ids, so nothing is made twice for as long as Stripe keeps
//! them, which is a day at least. A price whose answer was lost, and that is applied again later than that, is made twice;
//! the first is never sold.

use perennial_domain::{Price, PriceStatus, Product, ProductStatus, ProjectId};
use perennial_store::{StoreError, Tx};

use super::file::CatalogFile;
use super::plan::{Change, plan_catalog, shown_at_stripe};
use super::platform::PlatformError;
use super::tell::tell;
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
    /// A directory, an app, a business or a token cannot be made. Nothing was changed.
    #[error(transparent)]
    Platform(#[from] PlatformError),
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
) -> Result<Vec<Change>, PlatformError> {
    let changes = plan_catalog(cx, tx, project, file)?;
    free_skus(tx, project, &changes)?;
    for change in &changes {
        match change {
            Change::Product { before: None, after } => tx.products(project).insert(after)?,
            Change::Product { after, .. } => tx.products(project).update(after)?,
            Change::CreatePrice { price, .. } => tx.prices(project).insert(price)?,
            Change::ArchivePrice { price, .. } => {
                // One that Stripe was to hear of may be there already: its answer can have been lost.
                let stripe_pending = price.stripe_price_id.is_some() || price.stripe_pending;
                tx.prices(project).update(&Price {
                    status: PriceStatus::Archived,
                    stripe_pending,
                    ..price.clone()
                })?;
            }
            Change::Platform(part) => part.make(cx, tx, project)?,
            Change::FinishAtStripe { .. } => {}
        }
    }
    tell(cx, tx, project, &changes)?;
    Ok(changes)
}

/// Takes away every SKU that is given up before any is given out: two products may swap theirs.
fn free_skus(tx: &mut Tx<'_>, project: ProjectId, changes: &[Change]) -> Result<(), StoreError> {
    for change in changes {
        let Change::Product { before: Some(before), after } = change else { continue };
        let gives_it_up = before.sku != after.sku || after.status == ProductStatus::Archived;
        if before.sku.is_some() && gives_it_up {
            tx.products(project).update(&Product { sku: None, ..Product::clone(before) })?;
        }
    }
    Ok(())
}

async fn finish_at_stripe(app: &App, project: ProjectId) -> Result<usize, ApplyCatalogError> {
    let (products, prices) = app
        .read(move |_, tx| Ok::<_, StoreError>((tx.products(project).all()?, tx.prices(project).all()?)))
        .await?;
    let mut told = 0;
    for product in products {
        let waiting = prices
            .iter()
            .filter(|price| price.product_id == product.id && price.stripe_pending)
            .collect::<Vec<_>>();
        if waiting.is_empty() && !product.stripe_pending {
            continue;
        }
        let payments = app.payments(project).await?;
        let failed = |source| ApplyCatalogError::Payments { product: product.reference.clone(), source };
        let stripe_product_id = match &product.stripe_product_id {
            Some(known) if !product.stripe_pending => known.clone(),
            _ => {
                let answered = payments.put_product(&draft_of(&product)).await.map_err(failed)?;
                keep_product(app, &product, answered.clone()).await?;
                told += 1;
                answered
            }
        };
        for price in waiting {
            let answered = tell_stripe(payments.as_ref(), &stripe_product_id, price).await.map_err(failed)?;
            keep_price(app, price, answered).await?;
            told += 1;
        }
    }
    Ok(told)
}

/// Keeps what Stripe answered, and nothing else: the row may have changed while Stripe was asked, and then Stripe has
/// to hear of it once more.
async fn keep_product(app: &App, told: &Product, stripe_product_id: String) -> Result<(), StoreError> {
    let told = told.clone();
    app.write(move |_, tx| {
        let Some(mut row) = tx.products(told.project_id).lock(told.id)? else { return Ok(()) };
        row.stripe_pending = shown_at_stripe(&row) != shown_at_stripe(&told);
        row.stripe_product_id = Some(stripe_product_id.clone());
        tx.products(told.project_id).update(&row)
    })
    .await
}

/// The same for a price, of which nothing but its status changes.
async fn keep_price(app: &App, told: &Price, stripe_price_id: Option<String>) -> Result<(), StoreError> {
    let told = told.clone();
    app.write(move |_, tx| {
        let Some(mut row) = tx.prices(told.project_id).lock(told.id)? else { return Ok(()) };
        row.stripe_pending = row.status != told.status;
        row.stripe_price_id.clone_from(&stripe_price_id);
        tx.prices(told.project_id).update(&row)
    })
    .await
}

/// Answers what Stripe calls the price.
async fn tell_stripe(
    payments: &dyn Payments,
    stripe_product_id: &str,
    price: &Price,
) -> Result<Option<String>, PaymentsError> {
    let stripe_price_id = if let Some(known) = &price.stripe_price_id {
        known.clone()
    } else {
        // Even for one that is archived by now: if it is there already, this finds it.
        let draft = PriceDraft {
            id: price.id,
            stripe_product_id: stripe_product_id.to_owned(),
            amount: price.amount,
            term: price.term,
        };
        payments.create_price(&draft).await?
    };
    if price.status == PriceStatus::Archived {
        payments.archive_price(&stripe_price_id).await?;
    }
    Ok(Some(stripe_price_id))
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
