//! Changing what an operator decides for a project.

use perennial_domain::{
    ArrearsPolicy, BusinessSettings, CancellationTime, DisputePolicy, Email, MAX_ARREARS_DAYS, MailSettings,
    OrganizationSettings, Project, ProjectId, is_loopback,
};
use perennial_store::{StoreError, Tx};
use url::Url;

use super::facts::{ProjectFactError, check_locales, check_name};
use crate::change::Change;
use crate::context::Cx;
use crate::events::{Happening, record_of};

/// What to change; a field without a value stays as it is. What a project need not have can also be taken back.
#[derive(Clone, Debug, Default)]
pub struct ProjectPatch {
    /// What customers read.
    pub name: Option<String>,
    /// The languages of its customers, the usual one first.
    pub locales: Option<Vec<String>>,
    /// `#rrggbb`, the colour of the pages' buttons.
    pub accent_colour: Change<Option<String>>,
    /// A logo for the pages.
    pub logo_url: Change<Option<Url>>,
    /// Linked in the pages' footer.
    pub terms_url: Change<Option<Url>>,
    /// Linked in the pages' footer.
    pub privacy_url: Change<Option<Url>>,
    /// Where customers find help.
    pub support_email: Change<Option<String>>,
    /// Whether the pages leave out the line about this server.
    pub hide_powered_by: Option<bool>,
    /// What callbacks must begin with; takes the place of the list before.
    pub callback_allow_list: Option<Vec<Url>>,
    /// Where visitors log in instead of on the pages, or that they do there.
    pub login_url: Change<Option<Url>>,
    /// What happens when a renewal is not paid.
    pub arrears: Option<ArrearsPolicy>,
    /// What happens when a payment is disputed.
    pub disputes: Option<DisputePolicy>,
    /// When a customer's own cancellation takes effect.
    pub cancellation: Option<CancellationTime>,
    /// Which mails its customers get.
    pub mails: Option<MailSettings>,
    /// How organizations are served, or that they are not.
    pub organizations: Change<Option<OrganizationSettings>>,
    /// How businesses are served.
    pub business: Option<BusinessSettings>,
}

/// Why a project stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum UpdateProjectError {
    /// There is no such project.
    #[error("there is no project {0}")]
    UnknownProject(ProjectId),
    /// The name or a language cannot be.
    #[error(transparent)]
    Fact(#[from] ProjectFactError),
    /// Not a colour.
    #[error("a colour is written #rrggbb")]
    Colour,
    /// Forms are sent back to hosts, and not to whole addresses.
    #[error("a way back is allowed by its host, such as app.example or localhost:3000, not by {0:?}")]
    RedirectHost(String),
    /// The forms know one order only (contracts/business-api.md §9.2, §13.8).
    #[error(
        "forms charge first and create the subscription then, so that none is live without its money; create_before_charge must be false"
    )]
    CreateBeforeCharge,
    /// The pages link to nothing in the clear.
    #[error("{0} must begin with https://; http:// is only for a loopback address")]
    Link(Url),
    /// Not an e-mail address.
    #[error("the support address is not an e-mail address")]
    SupportEmail,
    /// Nobody is given no time to pay, or years of it.
    #[error("a renewal may stay unpaid for 1 to {MAX_ARREARS_DAYS} days, not for {0}")]
    ArrearsDays(u32),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes a project. Nothing is changed when any of it is wrong.
pub fn update_project(
    cx: &Cx,
    tx: &mut Tx<'_>,
    id: ProjectId,
    patch: &ProjectPatch,
) -> Result<Project, UpdateProjectError> {
    let before = tx.projects().lock(id)?.ok_or(UpdateProjectError::UnknownProject(id))?;
    let mut project = before.clone();
    check(patch)?;
    put(&mut project.name, patch.name.as_ref());
    put(&mut project.locales, patch.locales.as_ref());
    let settings = &mut project.settings;
    put(&mut settings.hide_powered_by, patch.hide_powered_by.as_ref());
    put(&mut settings.callback_allow_list, patch.callback_allow_list.as_ref());
    put(&mut settings.arrears, patch.arrears.as_ref());
    put(&mut settings.disputes, patch.disputes.as_ref());
    put(&mut settings.cancellation, patch.cancellation.as_ref());
    put(&mut settings.mails, patch.mails.as_ref());
    put(&mut settings.business, patch.business.as_ref());
    let colour = patch.accent_colour.clone().map(|colour| colour.map(|it| it.to_ascii_lowercase()));
    put(&mut settings.accent_colour, colour.wanted());
    put(&mut settings.organizations, patch.organizations.wanted());
    put(&mut settings.logo_url, patch.logo_url.wanted());
    put(&mut settings.terms_url, patch.terms_url.wanted());
    put(&mut settings.privacy_url, patch.privacy_url.wanted());
    put(&mut settings.support_email, patch.support_email.wanted());
    put(&mut settings.login_url, patch.login_url.wanted());
    if project != before {
        tx.projects().update(&project)?;
        record_of(cx, tx, id, Happening::ProjectUpdated, id, &project.slug)?;
    }
    Ok(project)
}

fn check(patch: &ProjectPatch) -> Result<(), UpdateProjectError> {
    patch.name.as_deref().map_or(Ok(()), check_name)?;
    patch.locales.as_deref().map_or(Ok(()), check_locales)?;
    if patch.accent_colour.named().is_some_and(|colour| !is_colour(colour)) {
        return Err(UpdateProjectError::Colour);
    }
    let pages = [&patch.logo_url, &patch.terms_url, &patch.privacy_url, &patch.login_url];
    let pages = pages.into_iter().filter_map(Change::named);
    for link in pages.chain(patch.organizations.named().into_iter().flat_map(OrganizationSettings::links)) {
        if !is_safe_link(link) {
            return Err(UpdateProjectError::Link(link.clone()));
        }
    }
    check_business(patch.business.as_ref())?;
    if let Some(days) = patch.arrears.map(|arrears| arrears.days)
        && !(1..=MAX_ARREARS_DAYS).contains(&days)
    {
        return Err(UpdateProjectError::ArrearsDays(days));
    }
    match patch.support_email.named() {
        Some(address) if Email::parse(address).is_err() => Err(UpdateProjectError::SupportEmail),
        _ => Ok(()),
    }
}

fn check_business(settings: Option<&BusinessSettings>) -> Result<(), UpdateProjectError> {
    let Some(settings) = settings else { return Ok(()) };
    if settings.create_before_charge {
        return Err(UpdateProjectError::CreateBeforeCharge);
    }
    let is_host = |host: &str| {
        let url = Url::parse(&format!("https://{host}/"));
        url.is_ok_and(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none())
    };
    if let Some(wrong) = settings.redirect_allow_list.iter().find(|host| !is_host(host)) {
        return Err(UpdateProjectError::RedirectHost(wrong.clone()));
    }
    match &settings.checkout_base_url {
        Some(base) if !is_safe_link(base) => Err(UpdateProjectError::Link(base.clone())),
        _ => Ok(()),
    }
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_safe_link(link: &Url) -> bool {
    link.scheme() == "https" || (link.scheme() == "http" && is_loopback(link))
}

fn put<T: Clone>(target: &mut T, wanted: Option<&T>) {
    if let Some(wanted) = wanted {
        target.clone_from(wanted);
    }
}
