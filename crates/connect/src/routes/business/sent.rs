//! A form that was opened, and one that was sent: handlers that take these need check nothing.

use std::collections::HashMap;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use perennial_core::business::forms::{FormPages, FormPayment, PayWith, Submission};
use perennial_core::context::App;
use perennial_core::secrets;
use perennial_domain::PriceId;

use super::address::{FormAddress, Kind, SIGNED};
use super::desk::Desk;
use super::gateway;
use crate::pages::Notice;
use crate::routes::error::stranger;
use crate::routes::input::{Form, Query};

/// A form that is looked at.
pub(super) struct Opened(pub(super) Desk);

impl FromRequestParts<App> for Opened {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Query(pairs) = Query::<HashMap<String, String>>::from_request_parts(parts, app).await?;
        let kind = kind_of(parts.uri.path()).ok_or_else(|| stranger(app, Notice::NotFound))?;
        let signed = pairs.get(SIGNED).map(String::as_str);
        Desk::open(app, kind, FormAddress::read(&pairs), &parts.headers, signed).await.map(Self)
    }
}

/// A yes to a form that this browser was shown, from somebody who may say it.
pub(super) struct Sent {
    pub(super) desk: Desk,
    fields: HashMap<String, String>,
}

/// A yes to sums that were shown.
pub(super) struct SaidYes {
    pub(super) desk: Desk,
    pub(super) submission: Submission,
    pub(super) payment: FormPayment,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let kind = kind_of(request.uri().path()).ok_or_else(|| stranger(app, Notice::NotFound))?;
        let headers = request.headers().clone();
        let Form(fields) = Form::<HashMap<String, String>>::from_request(request, app).await?;
        let signed = fields.get(SIGNED).map(String::as_str);
        let desk = Desk::open(app, kind, FormAddress::read(&fields), &headers, signed).await?;
        let sent = Self { desk, fields };
        let desk = &sent.desk;
        // Who goes back changes nothing, and proves nothing.
        if !sent.is_yes() {
            return Err(desk.leave(app));
        }
        if !desk.browser.is_genuine(app, kind, &desk.address, sent.text("form_token")) {
            return Err(desk.tell(app, StatusCode::CONFLICT, Notice::StaleForm, Some(desk.retry())));
        }
        if desk.party.settings().checkout_require_token && desk.pass.is_none() {
            return Err(desk.ask_who(app).await);
        }
        Ok(sent)
    }
}

impl FromRequest<App> for SaidYes {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let sent = Sent::from_request(request, app).await?;
        let payment = sent.payment(app);
        match sent.submission() {
            Some(submission) => Ok(Self { desk: sent.desk, submission, payment }),
            None => Err(sent.desk.leave(app)),
        }
    }
}

impl Sent {
    fn is_yes(&self) -> bool {
        matches!(self.text("action"), "confirm" | "another_card")
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What was agreed to, if the sums that were shown came back.
    fn submission(&self) -> Option<Submission> {
        let number = |name: &str| self.text(name).parse::<i64>().ok();
        let prices = self.text("prices").split(',').map(str::parse::<PriceId>).collect::<Result<_, _>>();
        Some(Submission {
            nonce_hash: secrets::hash(self.text("form_token")),
            address: self.desk.address.of(self.desk.kind),
            due_minor: number("due")?,
            next_minor: number("next")?,
            prices: prices.ok()?,
            shown_at: Timestamp::from_second(number("from")?).ok()?,
            member: self.desk.pass.and_then(|pass| pass.member),
            goes_on_with: self.desk.address.form(),
        })
    }

    fn payment(&self, app: &App) -> FormPayment {
        let another = self.text("action") == "another_card";
        let yes_with = if another { PayWith::AnotherCard } else { PayWith::SavedCard };
        FormPayment { yes_with: Some(yes_with), ..later_payment(app, &self.desk) }
    }
}

/// What is shown, as the form brings it back.
pub(super) fn said_prices(prices: &[PriceId]) -> String {
    prices.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// How what was agreed to at this desk is paid, when somebody looks after it.
pub(super) fn later_payment(app: &App, desk: &Desk) -> FormPayment {
    let connect = app.settings().connect_url.as_str().trim_end_matches('/');
    let pages = FormPages { return_base: format!("{connect}/checkout/forms"), locale: desk.language() };
    FormPayment { pages: Some(pages), yes_with: None }
}

/// Which form an address leads to. The vendor's is that of whoever changes a plan.
fn kind_of(path: &str) -> Option<Kind> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.path() == path);
    kind.or_else(|| (path == gateway::PATH).then_some(Kind::ChangePlan))
}
