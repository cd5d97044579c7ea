//! A form on the desk: whose it is, what its address says, and where it may lead in the end (contract §9.6).

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use http::StatusCode;
use http::header::SET_COOKIE;
use perennial_core::actor::Actor;
use perennial_core::business::forms::{
    FormParty, FormPartyError, FormPass, PartySaid, find_form_party, find_party_of_subscription, form_actor,
    open_login,
};
use perennial_core::context::App;
use perennial_domain::{Callback, CheckoutFormId, ReturnUrl, host_of};
use url::Url;

use super::address::{FormAddress, Kind};
use super::nonce::Browser;
use super::pass::pass_of;
use crate::i18n::{Language, Locale};
use crate::pages::business::FormRefusal;
use crate::pages::manage::{Managed, ManagedPage};
use crate::pages::{Frame, Merchant, Notice, NoticePage, Page, WayOut};
use crate::routes::error::{internal, stranger};
use crate::routes::frame::anonymous_frame;
use crate::routes::links::entry_path;
use crate::routes::response::{page, see_other};

/// A form on the desk.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) kind: Kind,
    pub(super) party: FormParty,
    pub(super) address: FormAddress,
    pub(super) browser: Browser,
    pub(super) pass: Option<FormPass>,
    /// A new pass that the browser has yet to get.
    pass_cookie: Option<HeaderValue>,
    success: Option<ReturnUrl>,
    cancel: Option<ReturnUrl>,
}

impl Desk {
    /// Finds out whose form it is and where it leads, or says why it cannot be served. `signed` is what its link was signed
    /// with.
    pub(super) async fn open(
        app: &App,
        kind: Kind,
        address: FormAddress,
        headers: &HeaderMap,
        signed: Option<&str>,
    ) -> Result<Self, Response> {
        let party = party_of(app, kind, &address, signed).await?;
        // Nothing repeats what says which of several projects is meant.
        let address = if signed.is_some() { address.in_project(&party.project.slug) } else { address };
        Self::of(app, kind, address, headers, party, signed).await
    }

    /// The desk of a form whose party is known.
    pub(super) async fn of(
        app: &App,
        kind: Kind,
        address: FormAddress,
        headers: &HeaderMap,
        party: FormParty,
        signed: Option<&str>,
    ) -> Result<Self, Response> {
        let way = |name| way(&party, &address, name);
        let (success, cancel) = way("su")
            .and_then(|success| Ok((success, way("cu")?)))
            .map_err(|refusal| stranger(app, Notice::Refused(refusal)))?;
        let pass = pass_of(app, &party, headers, signed).await;
        let (pass, pass_cookie) = pass.map_err(|error| internal(app, &error))?;
        Ok(Self { kind, party, address, browser: Browser::of(headers), pass, pass_cookie, success, cancel })
    }

    /// Who acts by it.
    pub(super) fn actor(&self) -> Actor {
        form_actor(&self.party, self.pass)
    }

    /// The same, going on with a form that was confirmed: what is paid of a cart is not offered again.
    pub(super) fn going_on_with(self, form: CheckoutFormId) -> Self {
        if self.kind != Kind::Purchase || self.address.form().is_some() {
            return self;
        }
        Self { address: self.address.with("form", form.to_string()), ..self }
    }

    /// The language of the pages, as a tag: as the address says, or else the business's own.
    pub(super) fn language(&self) -> String {
        let asked = self.address.get("lang").map(|tag| tag.split(['-', '_']).next().unwrap_or(tag));
        let known = asked.and_then(|tag| Language::ALL.into_iter().find(|known| known.tag() == tag));
        known.map_or_else(|| self.party.customer.preferred_locale.clone(), |known| known.tag().to_owned())
    }

    fn frame(&self, app: &App) -> Frame {
        Frame {
            merchant: Merchant::of(&self.party.project),
            locale: Locale::for_tag(&self.language()),
            kept_query: self.address.without_language(),
            ..anonymous_frame(app)
        }
    }

    /// The form, with a nonce of its own, for a browser that can be known again.
    pub(super) fn show_form(&self, app: &App, view: &impl Page) -> Response {
        let form_token = self.browser.nonce(app, self.kind, &self.address);
        let mut response = self.render(app, StatusCode::OK, view, &Frame { form_token, ..self.frame(app) });
        if let Some(cookie) = self.browser.cookie(app) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }

    /// A page from which nothing is sent.
    pub(super) fn show(&self, app: &App, status: StatusCode, view: &impl Page) -> Response {
        self.render(app, status, view, &self.frame(app))
    }

    fn render(&self, app: &App, status: StatusCode, view: &impl Page, frame: &Frame) -> Response {
        match view.render(frame) {
            Ok(html) => self.with_pass(page(app, status, html, &self.leads_to())),
            Err(error) => internal(app, &error),
        }
    }

    /// An answer that brings the browser its new pass, if it has one.
    pub(super) fn with_pass(&self, mut response: Response) -> Response {
        if let Some(cookie) = &self.pass_cookie {
            response.headers_mut().append(SET_COOKIE, cookie.clone());
        }
        response
    }

    /// To where somebody of the staff says who they are, and from there back to the form. Where no mail can bring them a code,
    /// all that is left is to say so.
    pub(super) async fn ask_who(&self, app: &App) -> Response {
        if !app.mailer().has_server() {
            return self.refuse(app, FormRefusal::LinkNotSigned);
        }
        let form = self.address.of(self.kind);
        match open_login(app, &self.party, &form, &self.language()).await {
            Ok(session) => see_other(&entry_path(&session)),
            Err(error) => internal(app, &error),
        }
    }

    /// Where its forms may lead, for browsers that check.
    fn leads_to(&self) -> Vec<Callback> {
        let ways = self.success.iter().chain(&self.cancel);
        ways.filter_map(|way| Callback::parse(way.as_str(), &[]).ok()).collect()
    }

    /// A page that ends the matter, with the way back of whoever leaves.
    pub(super) fn refuse(&self, app: &App, refusal: FormRefusal) -> Response {
        self.tell(app, refusal.status(), Notice::Refused(refusal), self.way_back())
    }

    pub(super) fn tell(
        &self,
        app: &App,
        status: StatusCode,
        notice: Notice,
        way_out: Option<WayOut>,
    ) -> Response {
        self.show(app, status, &NoticePage { notice, way_out })
    }

    pub(super) fn way_back(&self) -> Option<WayOut> {
        self.cancel.as_ref().map(|url| WayOut::ToMerchant(url.as_str().to_owned()))
    }

    /// Once more from the beginning.
    pub(super) fn retry(&self) -> WayOut {
        WayOut::TryAgain(self.address.of(self.kind))
    }

    /// Back, with nothing done.
    pub(super) fn leave(&self, app: &App) -> Response {
        match &self.cancel {
            Some(url) => see_other(url.as_str()),
            None => self.done(app, Managed::Nothing),
        }
    }

    /// On, with all done: to where the form leads, or to a page that says so.
    pub(super) fn arrive(&self, form: CheckoutFormId) -> Response {
        match &self.success {
            Some(url) => see_other(url.as_str()),
            None => see_other(&self.form_path(form)),
        }
    }

    /// The same, where no row tells what was done.
    pub(super) fn arrive_with(&self, app: &App, done: Managed) -> Response {
        match &self.success {
            Some(url) => see_other(url.as_str()),
            None => self.done(app, done),
        }
    }

    pub(super) fn done(&self, app: &App, done: Managed) -> Response {
        self.show(app, StatusCode::OK, &ManagedPage { done, mail_sent_to: None, continue_url: None })
    }

    /// Whether the form leads to somewhere else in the end.
    pub(super) const fn leads_on(&self) -> bool {
        self.success.is_some()
    }

    /// Where a form that was confirmed is looked after.
    pub(super) fn form_path(&self, form: CheckoutFormId) -> String {
        format!("/checkout/forms/{}/{form}", self.party.project.id)
    }
}

async fn party_of(
    app: &App,
    kind: Kind,
    address: &FormAddress,
    signed: Option<&str>,
) -> Result<FormParty, Response> {
    let refuse = |refusal| stranger(app, Notice::Refused(refusal));
    if kind == Kind::Cancel {
        return party_of_held(app, address).await;
    }
    let business_uid = address.get("business_uid").map(str::to_owned);
    let said = PartySaid {
        business_uid: business_uid.ok_or_else(|| refuse(FormRefusal::LinkIncomplete))?,
        project: address.get("project").map(str::to_owned),
        signed: signed.map(str::to_owned),
        offers: address.offers(),
    };
    find_form_party(app, said).await.map_err(|error| match error {
        FormPartyError::Unknown => refuse(FormRefusal::UnknownBusiness),
        // It has to say which project.
        FormPartyError::Ambiguous => refuse(FormRefusal::LinkIncomplete),
        FormPartyError::Store(error) => internal(app, &error),
    })
}

/// Whoever has what the address names by its uid, which is of one project.
async fn party_of_held(app: &App, address: &FormAddress) -> Result<FormParty, Response> {
    let refuse = |refusal| stranger(app, Notice::Refused(refusal));
    let uid = address.get("smng_external_id").and_then(|uid| uid.parse().ok());
    let uid = uid.ok_or_else(|| refuse(FormRefusal::LinkIncomplete))?;
    let found = app.read(move |_, tx| find_party_of_subscription(tx, uid)).await;
    let (party, _) =
        found.map_err(|error| internal(app, &error))?.ok_or_else(|| refuse(FormRefusal::NotHeld))?;
    let is_theirs = address.get("business_uid").is_none_or(|uid| uid == party.business.uid)
        && address.get("project").is_none_or(|slug| slug == party.project.slug);
    if is_theirs { Ok(party) } else { Err(refuse(FormRefusal::NotHeld)) }
}

/// Where this parameter leads, if it may: nowhere where it is not said. A path is taken on the host that the customer came
/// from, if that is listed, or on the operator's own base (contract §9.6).
fn way(party: &FormParty, address: &FormAddress, name: &str) -> Result<Option<ReturnUrl>, FormRefusal> {
    let Some(text) = address.get(name) else { return Ok(None) };
    let settings = party.settings();
    let own = settings.checkout_base_url.as_ref();
    let mut hosts = settings.redirect_allow_list.clone();
    hosts.extend(own.map(host_of));
    let from = address.get("brand_host").and_then(|host| Url::parse(&format!("https://{host}")).ok());
    let from = from.filter(|from| hosts.contains(&host_of(from)));
    let way = ReturnUrl::parse(text, from.as_ref().or(own), &hosts);
    way.map(Some).map_err(|_| FormRefusal::WayBackRefused)
}
