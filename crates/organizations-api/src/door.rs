//! What the handlers of this door share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderName;
use perennial_core::context::App;
use perennial_core::recent::Recent;
use perennial_core::webhooks::Intake;
use perennial_domain::ProjectId;

use crate::site::Site;
use crate::tokens::{KeySets, KeySource};

/// What an operator can decide about this door.
#[derive(Clone)]
pub struct OrganizationsOptions {
    /// The project that is served at the root, by its slug.
    pub project: Option<String>,
    /// How late a change to settings and catalogue may be seen by requests on this node.
    pub snapshot_max_age: Duration,
    /// What fetches the public keys of operators' own identity providers.
    pub keys: Arc<dyn KeySource>,
    /// How long to wait before such keys are fetched again because a token names one that is not among them.
    pub keys_pause: Duration,
    /// How long such keys are used without asking whether they still hold: one that was withdrawn works on for as long.
    pub keys_max_age: Duration,
    /// The header in which a proxy says whom it asks for, such as `x-forwarded-for`. Without it whoever connects is the
    /// client.
    pub client_address_header: Option<HeaderName>,
}

impl OrganizationsOptions {
    /// The usual durations, and no proxy.
    pub fn new(project: Option<String>, keys: Arc<dyn KeySource>) -> Self {
        Self {
            project,
            snapshot_max_age: Duration::from_secs(1),
            keys,
            keys_pause: Duration::from_secs(30),
            keys_max_age: Duration::from_mins(10),
            client_address_header: None,
        }
    }
}

/// The application, and what is remembered of it for a moment.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) app: App,
    /// The project at the root.
    pub(crate) project: Option<Arc<str>>,
    pub(crate) sites: Arc<Recent<String, Arc<Site>>>,
    /// The answer to the list of plans, as it is sent.
    pub(crate) plans: Arc<Recent<ProjectId, Bytes>>,
    pub(crate) keys: Arc<KeySets>,
    pub(crate) client_address_header: Option<HeaderName>,
    /// Where Stripe's events go.
    pub(crate) intake: Arc<Intake>,
}

impl Door {
    /// On the runtime of this thread, which takes Stripe's events in.
    pub(crate) fn new(app: App, options: OrganizationsOptions) -> Self {
        Self {
            intake: Arc::new(Intake::open(app.clone(), options.snapshot_max_age)),
            app,
            project: options.project.map(Arc::from),
            sites: Arc::new(Recent::up_to(options.snapshot_max_age)),
            plans: Arc::new(Recent::up_to(options.snapshot_max_age)),
            keys: Arc::new(KeySets::new(options.keys, options.keys_pause, options.keys_max_age)),
            client_address_header: options.client_address_header,
        }
    }
}
