//! OpenAPI documents, made from the routes themselves.

use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;
use axum::Router;

/// What a door says about itself.
#[derive(Clone, Copy, Debug)]
pub struct ApiTitle {
    /// Its name.
    pub title: &'static str,
    /// A paragraph for those who will call it.
    pub description: &'static str,
}

/// Makes the document of a door's routes, and the router that serves them.
pub fn documented<S: Clone + Send + Sync + 'static>(
    routes: ApiRouter<S>,
    title: &ApiTitle,
) -> (Router<S>, OpenApi) {
    let mut document = OpenApi {
        info: Info {
            title: title.title.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Info::default()
        },
        ..OpenApi::default()
    };
    let served = routes.finish_api_with(&mut document, |document| describe(document, title));
    (served, document)
}

#[expect(clippy::default_trait_access, reason = "the map's type is aide's own affair")]
fn describe<'a>(document: TransformOpenApi<'a>, title: &ApiTitle) -> TransformOpenApi<'a> {
    let bearer = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("An API key of the project.".to_owned()),
        extensions: Default::default(),
    };
    document.description(title.description).security_scheme("apiKey", bearer).security_requirement("apiKey")
}
