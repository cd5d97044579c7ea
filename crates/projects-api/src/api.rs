//! What the handlers of this door share.

use std::sync::Arc;

use perennial_core::context::App;
use perennial_core::shelves::Shelves;
use perennial_http::ApiOptions;

use crate::shelf::Shelf;

/// The application, and what each project sells as this door shows it.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) app: App,
    pub(crate) shelves: Arc<Shelves<Shelf>>,
}

impl Api {
    pub(crate) fn new(app: App, options: &ApiOptions) -> Self {
        let shelves = Arc::new(Shelves::up_to(options.snapshot_max_age, app.clone()));
        Self { app, shelves }
    }
}
