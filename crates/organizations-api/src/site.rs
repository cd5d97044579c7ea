//! Which project a request is for, and which pages of other origins may send it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL,
    ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use perennial_core::actor::{Actor, acting};
use perennial_core::organizations::signing_secrets;
use perennial_core::projects::find_project_by_slug;
use perennial_domain::{OrganizationSettings, Project, ProjectId};

use crate::door::Door;
use crate::refusal::Refusal;
use crate::tokens::OwnKeys;

/// A project that serves organizations.
pub(crate) struct Site {
    pub(crate) project: ProjectId,
    pub(crate) slug: String,
    pub(crate) settings: OrganizationSettings,
    /// What its own access tokens are signed with.
    pub(crate) keys: OwnKeys,
    origins: Vec<HeaderValue>,
}

impl Site {
    fn new(project: Project, settings: OrganizationSettings, keys: OwnKeys) -> Self {
        let origins = std::iter::once(&settings.frontend_url).chain(&settings.cors_origins);
        let origins = origins.map(|url| url.origin().ascii_serialization());
        let origins = origins.filter_map(|origin| HeaderValue::try_from(origin).ok()).collect();
        Self { project: project.id, slug: project.slug, settings, keys, origins }
    }
}

/// Finds the site, answers what browsers ask before they call, and lets the answer be read by the site's own pages.
pub(crate) async fn admit(
    State(door): State<Door>,
    path: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let named = path.iter().find(|(name, _)| *name == "project").map(|(_, slug)| slug.to_owned());
    let site = match door.site(named).await {
        Ok(site) => site,
        Err(refusal) => return refusal.into_response(),
    };
    let origin = request.headers().get(ORIGIN).filter(|origin| site.origins.contains(origin)).cloned();
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        preflight()
    } else {
        request.extensions_mut().insert(OnSite(site));
        // The token that names a member is read later.
        acting(Actor::System, next.run(request)).await
    };
    allow(response.headers_mut(), origin);
    response
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE, OPTIONS")),
        (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Content-Type")),
        (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    }
}

impl Door {
    async fn site(&self, named: Option<String>) -> Result<Arc<Site>, Refusal> {
        let slug = named.or_else(|| self.project.as_deref().map(str::to_owned));
        let slug = slug.ok_or_else(Refusal::unknown_path)?;
        if let Some(site) = self.sites.get(&slug) {
            return Ok(site);
        }
        let wanted = slug.clone();
        let project = self.app.read(move |_, tx| find_project_by_slug(tx, &wanted)).await?;
        let project = project.ok_or_else(Refusal::unknown_path)?;
        let settings = project.settings.organizations.clone().ok_or_else(Refusal::unknown_path)?;
        let secrets = signing_secrets(&self.app, project.id).await;
        let keys = OwnKeys::of(&secrets.map_err(|error| Refusal::internal(&error))?);
        let site = Arc::new(Site::new(project, settings, keys));
        self.sites.put(slug, Arc::clone(&site));
        Ok(site)
    }
}

/// The site of a request. [`admit`] has put it there.
#[derive(Clone)]
pub(crate) struct OnSite(pub(crate) Arc<Site>);

impl<S: Sync> FromRequestParts<S> for OnSite {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Refusal::unknown_path)
    }
}

/// The site is in the base URL, and no parameter of an operation.
impl aide::OperationInput for OnSite {}
