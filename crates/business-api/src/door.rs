//! What the handlers of this door share.

use std::sync::Arc;
use std::time::Duration;

use perennial_core::business::Caller;
use perennial_core::context::App;
use perennial_core::recent::Recent;
use perennial_core::secrets::SecretHash;
use perennial_core::shelves::Shelves;
use perennial_core::store::tables::ListedBusiness;
use perennial_domain::{CustomerId, ProjectId};

use crate::shelf::Shelf;
use crate::walk::Walks;

/// What an operator can decide about this door.
#[derive(Clone, Copy, Debug)]
pub struct BusinessOptions {
    /// How late a change to tokens, settings, businesses and what is sold may be seen by requests on this node.
    pub snapshot_max_age: Duration,
    /// For how long the total of a list is remembered that reaches over more than one business, and where its pages begin.
    pub walk_max_age: Duration,
}

impl Default for BusinessOptions {
    fn default() -> Self {
        Self { snapshot_max_age: Duration::from_secs(1), walk_max_age: Duration::from_secs(10) }
    }
}

/// The application, and what is remembered of it for a moment.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) app: App,
    pub(crate) callers: Arc<Recent<SecretHash, Arc<Caller>>>,
    pub(crate) walks: Arc<Walks>,
    pub(crate) shelves: Arc<Shelves<Shelf>>,
    pub(crate) businesses: Arc<Recent<(ProjectId, CustomerId), Arc<ListedBusiness>>>,
}

impl Door {
    pub(crate) fn new(app: App, options: BusinessOptions) -> Self {
        Self {
            callers: Arc::new(Recent::up_to(options.snapshot_max_age)),
            walks: Arc::new(Walks::new(options)),
            shelves: Arc::new(Shelves::up_to(options.snapshot_max_age, app.clone())),
            businesses: Arc::new(Recent::up_to(options.snapshot_max_age)),
            app,
        }
    }
}
