//! The fields of a form that a page of this visit sent.

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::response::Response;
use http::Method;
use perennial_core::context::App;
use perennial_core::visits::{BrowserKey, Visit};

use super::cookie;
use super::error::{notice, stranger};
use super::input::Form;
use crate::pages::form::Form as PageForm;
use crate::pages::{Notice, WayOut};

/// What was typed into a form. Handlers that take it, after the one who sent it, need not check where it came from: what
/// did not come from a page of this browser's visit has been refused.
pub(super) struct Fields(HashMap<String, String>);

impl Fields {
    /// What a field holds; empty if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The page's form with what was typed into these fields.
    pub(super) fn typed(&self, names: &[&'static str]) -> PageForm {
        names.iter().fold(PageForm::default(), |form, name| form.with_value(name, self.text(name)))
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        let sender = request.extensions_mut().remove::<Sender>();
        let Form(fields) = Form::from_request(request, app).await?;
        let fields = Self(fields);
        let Some(sender) = sender else { return Err(stranger(app, Notice::StaleForm)) };
        if cookie::is_genuine(&sender.key, fields.text("form_token")) {
            return Ok(fields);
        }
        let retry = Some(WayOut::TryAgain(sender.retry));
        Err(notice(app, &sender.visit, &cookie::form_token(&sender.key), Notice::StaleForm, retry))
    }
}

/// Who sends a form, left in the request for [`Fields`] by whatever has found that out.
#[derive(Clone)]
pub(super) struct Sender {
    /// The browser's key to the visit.
    pub(super) key: BrowserKey,
    /// The visit.
    pub(super) visit: Visit,
    /// Where a form that counts can be found.
    pub(super) retry: String,
}

impl Sender {
    /// Lets [`Fields`] know, where a form can follow.
    pub(super) fn announce(parts: &mut Parts, sender: impl FnOnce() -> Self) {
        if parts.method == Method::POST {
            parts.extensions.insert(sender());
        }
    }
}
