//! Where a Checkout Session is shown: on a page of its own, or inside a page of the seller's.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::response;
use crate::checkout::{CheckoutView, UiMode};

/// What an address names a session by.
pub(super) enum Key {
    /// Its id, in the address of the hosted page.
    Id(String),
    /// Its client secret, in the address of the embedded one.
    Secret(String),
}

impl Key {
    /// The id of the session.
    pub(super) fn session_id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Secret(secret) => secret.split("_secret_").next().unwrap_or_default(),
        }
    }

    /// Whether it opens this session; a secret must be the right one.
    pub(super) fn opens(&self, view: &CheckoutView) -> bool {
        match self {
            Self::Id(_) => true,
            Self::Secret(secret) => {
                view.ui_mode == UiMode::Embedded && view.client_secret.as_ref() == Some(secret)
            }
        }
    }

    /// Whether the session is shown at this kind of address.
    pub(super) fn fits(&self, view: &CheckoutView) -> bool {
        match self {
            Self::Id(_) => view.ui_mode == UiMode::Hosted,
            Self::Secret(_) => view.ui_mode == UiMode::Embedded,
        }
    }
}

/// The path of a session's page.
pub(super) fn address(view: &CheckoutView) -> String {
    match (&view.ui_mode, &view.client_secret) {
        (UiMode::Embedded, Some(secret)) => format!("/c/embedded/{secret}"),
        _ => format!("/c/pay/{}", view.session_id),
    }
}

/// Where a completed session leads its browser. An embedded one ends on its own page, which tells the page around it.
pub(super) fn end(view: &CheckoutView, redirect: Option<String>) -> String {
    match view.ui_mode {
        UiMode::Embedded => address(view),
        _ => redirect.unwrap_or_else(|| address(view)),
    }
}

/// Answers a page of a session. Only an embedded one may be framed, and only by the seller's own page where the return
/// URL tells which that is.
pub(super) fn answer(status: StatusCode, page: &impl Template, view: &CheckoutView) -> Response {
    match view.ui_mode {
        UiMode::Embedded => response::framed(status, page, view.return_url.as_deref()),
        _ => response::page(status, page, view.success_url.as_deref()),
    }
}
