//! What stands before every route of an API door: the key, the project, the limit, and the idempotency key,
//! in this order and before anything else is looked at (contracts/projects-api.md §1.2 and §1.3).

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use perennial_core::actor::{Actor, acting};
use perennial_core::context::App;

use crate::idempotency;
use crate::keys::{KeyRing, ProjectKey};
use crate::limits::Limits;
use crate::{ApiError, ErrorKind};

/// What an operator can decide about an API door.
#[derive(Clone, Copy, Debug)]
pub struct ApiOptions {
    /// How late a change to keys and catalogue may be seen by requests on this node.
    pub snapshot_max_age: Duration,
    /// How many requests a second one key may send to this node; as many as it can when `None`.
    pub requests_per_second: Option<NonZeroU32>,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self { snapshot_max_age: Duration::from_secs(1), requests_per_second: None }
    }
}

/// Lets those in who may come in. Shared by all routes of a door.
#[derive(Clone)]
pub struct Guard {
    app: App,
    keys: Arc<KeyRing>,
    limits: Option<Limits>,
}

impl Guard {
    /// A guard for a door of this application.
    pub fn new(app: App, options: &ApiOptions) -> Self {
        let keys = Arc::new(KeyRing::new(app.clone(), options.snapshot_max_age));
        Self { app, keys, limits: options.requests_per_second.map(Limits::per_second) }
    }

    /// The middleware: `axum::middleware::from_fn_with_state(guard, Guard::stand)`.
    pub async fn stand(State(guard): State<Self>, request: Request, next: Next) -> Response {
        let mut response = guard.admit(request, next).await.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    async fn admit(&self, mut request: Request, next: Next) -> Result<Response, ApiError> {
        let known = self.keys.authenticate(request.headers()).await?;
        let idempotency_key = idempotency::key_of(&request)?;
        check_project(request.uri().path(), &known.project_slug)?;
        if let Some(limits) = &self.limits {
            limits.check(known.key.id)?;
        }
        let (project, api_key) = (known.key.project_id, known.key.id);
        request.extensions_mut().insert(ProjectKey(known));
        let actor = Actor::ApiKey { api_key };
        match idempotency_key {
            None => Ok(acting(actor, next.run(request)).await),
            Some(key) => acting(actor, idempotency::run_once(&self.app, project, key, request, next)).await,
        }
    }
}

/// The project in the path must be the key's own. Whether another one exists is nobody's business.
fn check_project(path: &str, slug: &str) -> Result<(), ApiError> {
    let project = path.strip_prefix("/projects/").map(|rest| rest.split('/').next().unwrap_or_default());
    match project {
        Some(project) if project != slug => {
            Err(ApiError::new(ErrorKind::PermissionDenied, "This API key does not open that project."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_project_only() {
        for path in ["/projects/p", "/projects/p/plans", "/projects", "/openapi"] {
            assert!(check_project(path, "p").is_ok(), "{path}");
        }
        for path in ["/projects/q", "/projects/q/plans", "/projects/P", "/projects/p%2Fq", "/projects/"] {
            assert_eq!(check_project(path, "p").unwrap_err().kind(), ErrorKind::PermissionDenied, "{path}");
        }
    }
}
