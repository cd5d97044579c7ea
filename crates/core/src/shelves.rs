//! What a door makes of each project's catalogue, once for many requests: lists have thousands of rows of a few products.

use std::sync::Arc;
use std::time::{Duration, Instant};

use perennial_domain::{Price, PriceId, Product, ProjectId};
use perennial_store::StoreError;

use crate::context::App;
use crate::offers;
use crate::recent::Recent;

/// A project's catalogue in the shape of one door.
pub trait Shelf: Send + Sync + Sized + 'static {
    /// Shapes a catalogue: each product, newest first, with every price that it had, oldest first.
    fn stock(catalogue: impl Iterator<Item = (Product, Vec<Price>)>) -> Self;

    /// Whether somebody who pays this price finds on it what they have.
    fn has(&self, price: PriceId) -> bool;
}

/// The shelves of all projects.
pub struct Shelves<S> {
    app: App,
    recent: Recent<ProjectId, Arc<S>>,
}

impl<S: Shelf> Shelves<S> {
    /// Stocks each shelf anew when it has reached this age. With zero none is kept.
    pub fn up_to(max_age: Duration, app: App) -> Self {
        Self { app, recent: Recent::up_to(max_age) }
    }

    /// The project's shelf, as it was a moment ago at the latest.
    pub async fn of(&self, project: ProjectId) -> Result<Arc<S>, StoreError> {
        match self.recent.get(&project) {
            Some(known) => Ok(known),
            None => self.restock(project).await,
        }
    }

    /// The same, with what is paid at these prices on it: one may have been sold a moment after the shelf was stocked.
    pub async fn with(
        &self,
        project: ProjectId,
        mut prices: impl Iterator<Item = PriceId>,
    ) -> Result<Arc<S>, StoreError> {
        let known = self.of(project).await?;
        if prices.all(|price| known.has(price)) { Ok(known) } else { self.restock(project).await }
    }

    async fn restock(&self, project: ProjectId) -> Result<Arc<S>, StoreError> {
        let asked_at = Instant::now();
        let stocked = self.app.read(move |_, tx| offers::catalogue(tx, project).map(S::stock)).await?;
        let stocked = Arc::new(stocked);
        self.recent.put_as_of(asked_at, project, Arc::clone(&stocked));
        Ok(stocked)
    }
}
