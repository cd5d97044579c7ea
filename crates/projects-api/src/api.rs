//! What the handlers of this door share.

use std::sync::Arc;

use perennial_core::context::App;
use perennial_core::offers;
use perennial_core::recent::Recent;
use perennial_core::store::StoreError;
use perennial_domain::ProjectId;
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
        if let Some(shelf) = self.shelves.get(&project) {
            return Ok(shelf);
        }
        let offers = self.app.read(move |_, tx| offers::all(tx, project)).await?;
        let stocked = Arc::new(Shelf::stock(offers));
        self.shelves.put(project, Arc::clone(&stocked));
        Ok(stocked)
    }
}
