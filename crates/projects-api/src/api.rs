//! What the handlers of this door share.

use std::sync::Arc;

use perennial_core::context::App;
use perennial_core::offers;
use perennial_core::recent::Recent;
use perennial_core::store::StoreError;
use perennial_domain::{PriceId, ProjectId};
use perennial_http::ApiOptions;

use crate::shelf::Shelf;

/// The application, and what it sells as this door shows it.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) app: App,
    shelves: Arc<Recent<ProjectId, Arc<Shelf>>>,
}

impl Api {
    pub(crate) fn new(app: App, options: &ApiOptions) -> Self {
        Self { app, shelves: Arc::new(Recent::up_to(options.snapshot_max_age)) }
    }

    /// The project's plans and add-ons, as they were a moment ago at the latest.
    pub(crate) async fn shelf(&self, project: ProjectId) -> Result<Arc<Shelf>, StoreError> {
        match self.shelves.get(&project) {
            Some(recent) => Ok(recent),
            None => self.restock(project).await,
        }
    }

    /// The same, with what is paid at these prices on it: one may have been sold a moment after the shelf was stocked.
    pub(crate) async fn shelf_with(
        &self,
        project: ProjectId,
        mut prices: impl Iterator<Item = PriceId>,
    ) -> Result<Arc<Shelf>, StoreError> {
        let recent = self.shelf(project).await?;
        if prices.all(|price| recent.held.contains_key(&price)) {
            Ok(recent)
        } else {
            self.restock(project).await
        }
    }

    async fn restock(&self, project: ProjectId) -> Result<Arc<Shelf>, StoreError> {
        let stocked = self.app.read(move |_, tx| offers::catalogue(tx, project).map(Shelf::stock)).await?;
        let stocked = Arc::new(stocked);
        self.shelves.put(project, Arc::clone(&stocked));
        Ok(stocked)
    }
}
