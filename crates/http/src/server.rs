//! What stands around all doors of a server: clean paths, a span with an id for each request, and an answer to
//! unknown paths and to panics.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Uri};
use tower::ServiceBuilder;
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tracing::Instrument;

use crate::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the routes of all doors into one server.
///
/// Paths are cleaned before they are routed, and without a redirect: the official example client calls
/// `/projects/p//plans`, and a redirect would turn its POST into a GET (contracts/projects-api.md §1.1).
pub fn server(routes: Router) -> Router {
    let routes = routes.fallback(unknown_path).method_not_allowed_fallback(unknown_path);
    let service = ServiceBuilder::new()
        .layer(from_fn(observe))
        .layer(catch_panics(|panic| ApiError::internal(panic.to_string())))
        .map_request(clean_path)
        .service(routes);
    Router::new().fallback_service(service)
}

/// The answer of paths and methods that do not exist (contract §5, row 20: 404 for both).
pub async fn unknown_path() -> ApiError {
    ApiError::not_found()
}

/// Gives the request an id, under which all that is logged about it can be found.
///
/// The query is left out of the log: searches carry e-mail addresses.
async fn observe(request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    let mut response = next.run(request).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A handler did not come to its end.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
pub struct HandlerPanicked(String);

/// Answers panics of what it goes around. A door with an envelope of its own has one of its own.
pub fn catch_panics<Answer: IntoResponse + 'static>(
    answer: fn(HandlerPanicked) -> Answer,
) -> CatchPanicLayer<impl ResponseForPanic<ResponseBody = Body> + Send + Sync + 'static> {
    CatchPanicLayer::custom(move |panic: Box<dyn Any + Send + 'static>| {
        let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
        let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        answer(HandlerPanicked(words)).into_response()
    })
}

/// Takes repeated slashes and a slash at the end out of the path.
fn clean_path<B>(mut request: http::Request<B>) -> http::Request<B> {
    let path = request.uri().path();
    let is_clean = !path.contains("//") && (path.len() == 1 || !path.ends_with('/'));
    if !is_clean && let Some(uri) = cleaned(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn cleaned(uri: &Uri) -> Option<Uri> {
    let segments = uri.path().split('/').filter(|segment| !segment.is_empty());
    let mut path = segments.fold(String::new(), |path, segment| path + "/" + segment);
    if path.is_empty() {
        path.push('/');
    }
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    path.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt;

    async fn ask(path: &str) -> (StatusCode, String) {
        answer(Request::get(path).body(axum::body::Body::empty()).unwrap()).await
    }

    async fn answer(request: Request) -> (StatusCode, String) {
        let routes = Router::new()
            .route("/projects/{project}/plans", get(|uri: Uri| async move { uri.to_string() }))
            .route("/broken", get(|| async { panic!("as asked") as &str }));
        let response = server(routes).oneshot(request).await.unwrap();
        let status = response.status();
        assert!(response.headers().contains_key(REQUEST_ID));
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn slashes_too_many_lead_to_the_same_place() {
        for path in
            ["/projects/p/plans", "/projects/p//plans", "//projects///p/plans/", "/projects/p/plans//"]
        {
            assert_eq!(ask(path).await, (StatusCode::OK, "/projects/p/plans".to_owned()), "{path}");
        }
        let (_, body) = ask("/projects/p//plans?next=//x/").await;
        assert_eq!(body, "/projects/p/plans?next=//x/");
    }

    #[tokio::test]
    async fn what_does_not_exist_is_answered_in_json() {
        for path in ["/", "//", "/nothing", "/projects/p/plans/x"] {
            let (status, body) = ask(path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(body.starts_with(r#"{"object":"error""#), "{body}");
        }
    }

    #[tokio::test]
    async fn a_method_that_does_not_exist_is_answered_as_a_path_that_does_not() {
        let request = Request::delete("/projects/p/plans").body(axum::body::Body::empty()).unwrap();
        let (status, body) = answer(request).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(body.starts_with(r#"{"object":"error""#), "{body}");
    }

    #[tokio::test]
    async fn a_panic_is_answered_in_json_and_tells_nothing() {
        let (status, body) = ask("/broken").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("internal") && !body.contains("as asked"), "{body}");
    }
}
