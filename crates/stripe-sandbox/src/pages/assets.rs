//! The stylesheet and the script, each under an address that changes with its content, so that browsers may
//! keep it.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// A file that pages refer to.
pub(crate) struct Asset {
    /// `/_sandbox/assets/{stem}-{hash}.{extension}`.
    pub(crate) path: String,
    content_type: &'static str,
    body: &'static str,
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("assets/style.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("checkout", "js", "text/javascript; charset=utf-8", include_str!("assets/checkout.js"))
});

static FRAME: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("frame", "js", "text/javascript; charset=utf-8", include_str!("assets/frame.js"))
});

/// The one stylesheet.
pub(crate) fn style() -> &'static Asset {
    &STYLE
}

/// What makes the payment page more comfortable. Everything works without it.
pub(crate) fn script() -> &'static Asset {
    &SCRIPT
}

/// What an embedded page tells the page around it.
pub(crate) fn frame_script() -> &'static Asset {
    &FRAME
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, body: &'static str) -> Self {
        let digest = hex::encode(Sha256::digest(body));
        let path = format!("/_sandbox/assets/{stem}-{}.{extension}", &digest[..12]);
        Self { path, content_type, body }
    }
}

/// `GET /_sandbox/assets/{file}`
pub(super) async fn get(Path(file): Path<String>) -> Response {
    let wanted = format!("/_sandbox/assets/{file}");
    let Some(asset) = [style(), script(), frame_script()].into_iter().find(|asset| asset.path == wanted)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.body).into_response()
}

/// `GET /sandbox/embedded.js`: what a seller's page mounts an embedded session with. Its address stays, so it is asked for
/// anew each time.
pub(super) async fn embedded() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("assets/embedded.js")).into_response()
}

#[cfg(test)]
mod tests {
    use super::style;

    #[test]
    fn the_stylesheet_stays_small() {
        assert!(style().body.len() < 12_000, "{} bytes", style().body.len());
    }
}
