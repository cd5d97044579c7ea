//! `perennial project set`: what customers of a project see, where they may be sent back to, and what happens to them.
//!
//! What is more than one value is given as `project show` prints it: JSON, in which what is left out is as usual.

use clap::{Args, ValueEnum};
use perennial_core::change::Change;
use perennial_core::context::App;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{
    ArrearsPolicy, BusinessSettings, CancellationTime, DisputePolicy, MailSettings, OrganizationSettings,
};
use serde::de::DeserializeOwned;
use url::Url;

use crate::failure::Failure;
use crate::{output, projects};

/// What to change; all else stays.
#[derive(Clone, Debug, Args)]
pub(crate) struct SetArguments {
    /// The project
    slug: String,
    /// What customers read
    #[arg(long)]
    name: Option<String>,
    /// The languages of its customers, the usual one first
    #[arg(long = "locale", value_name = "TAG")]
    locales: Option<Vec<String>>,
    /// The colour of the pages' buttons: #rrggbb
    #[arg(long)]
    accent_colour: Option<String>,
    /// A logo for the pages
    #[arg(long, value_name = "URL")]
    logo_url: Option<Url>,
    /// Linked in the pages' footer
    #[arg(long, value_name = "URL")]
    terms_url: Option<Url>,
    /// Linked in the pages' footer
    #[arg(long, value_name = "URL")]
    privacy_url: Option<Url>,
    /// Where customers find help
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// Whether the pages leave out the line about this server
    #[arg(long, value_name = "BOOL")]
    hide_powered_by: Option<bool>,
    /// Callbacks must begin with this, or with another that is named; replaces those named before
    #[arg(long = "allow-callback", value_name = "URL")]
    callback_allow_list: Option<Vec<Url>>,
    /// Where visitors of whom nothing is known are sent to log in, instead of being asked on the pages
    #[arg(long, value_name = "URL")]
    login_url: Option<Url>,
    /// What an unpaid renewal means, as JSON: {"access":"restrict","after":"end","days":30}
    #[arg(long, value_name = "JSON", value_parser = read_json::<ArrearsPolicy>)]
    arrears: Option<ArrearsPolicy>,
    /// When a disputed payment ends its subscription: never, whenLost or atOnce
    #[arg(long, value_name = "WORD", value_parser = read_word::<DisputePolicy>)]
    disputes: Option<DisputePolicy>,
    /// When a customer's own cancellation takes effect: `at_period_end` or `at_once`
    #[arg(long, value_name = "WORD", value_parser = read_word::<CancellationTime>)]
    cancellation: Option<CancellationTime>,
    /// Which mails its customers get, as JSON: {"receipts":false} leaves those out and sends all others
    #[arg(long, value_name = "JSON", value_parser = read_json::<MailSettings>)]
    mails: Option<MailSettings>,
    /// How organizations are served, as JSON: {"`product_line":"…","frontend_url":"https`://…"} and what else shall differ
    /// from the usual
    #[arg(long, value_name = "JSON", value_parser = read_json::<OrganizationSettings>)]
    organizations: Option<OrganizationSettings>,
    /// How businesses are served, as JSON: {"`default_sku":"…"`} and what else shall differ from the usual
    #[arg(long, value_name = "JSON", value_parser = read_json::<BusinessSettings>)]
    business: Option<BusinessSettings>,
    /// Takes back what a project need not have
    #[arg(long, value_name = "SETTING")]
    clear: Vec<Clearable>,
}

/// What a project need not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Clearable {
    /// The colour of the buttons: the usual one is taken
    AccentColour,
    /// The logo
    LogoUrl,
    /// The link to the terms
    TermsUrl,
    /// The link to the privacy policy
    PrivacyUrl,
    /// Where customers find help
    SupportEmail,
    /// The list of allowed callbacks: then every address will do that is safe
    AllowCallback,
    /// The log-in of the app's own: then the pages ask who somebody is
    LoginUrl,
    /// Serving organizations at all
    Organizations,
}

impl SetArguments {
    /// What becomes of this setting. To set and to clear it at once is a mistake.
    fn change<T: Clone>(&self, setting: Clearable, value: Option<&T>) -> Result<Change<Option<T>>, Failure> {
        match (value, self.clear.contains(&setting)) {
            (None, false) => Ok(Change::Keep),
            (None, true) => Ok(Change::To(None)),
            (Some(value), false) => Ok(Change::To(Some(value.clone()))),
            (Some(_), true) => Err(Failure::misuse("--clear: names a setting that the same command sets")),
        }
    }

    fn into_patch(self) -> Result<ProjectPatch, Failure> {
        let callbacks = self.change(Clearable::AllowCallback, self.callback_allow_list.as_ref())?;
        Ok(ProjectPatch {
            accent_colour: self.change(Clearable::AccentColour, self.accent_colour.as_ref())?,
            logo_url: self.change(Clearable::LogoUrl, self.logo_url.as_ref())?,
            terms_url: self.change(Clearable::TermsUrl, self.terms_url.as_ref())?,
            privacy_url: self.change(Clearable::PrivacyUrl, self.privacy_url.as_ref())?,
            support_email: self.change(Clearable::SupportEmail, self.support_email.as_ref())?,
            login_url: self.change(Clearable::LoginUrl, self.login_url.as_ref())?,
            organizations: self.change(Clearable::Organizations, self.organizations.as_ref())?,
            name: self.name,
            locales: self.locales,
            hide_powered_by: self.hide_powered_by,
            callback_allow_list: match callbacks {
                Change::Keep => None,
                Change::To(allowed) => Some(allowed.unwrap_or_default()),
            },
            arrears: self.arrears,
            disputes: self.disputes,
            cancellation: self.cancellation,
            mails: self.mails,
            business: self.business,
        })
    }
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

fn read_word<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    T::deserialize(serde_json::Value::from(text))
}

pub(super) async fn set(app: &App, arguments: SetArguments) -> Result<(), Failure> {
    let id = projects::named(app, &arguments.slug).await?.id;
    let patch = arguments.into_patch()?;
    app.write(move |cx, tx| update_project(cx, tx, id, &patch)).await?;
    output::say("changed; servers that run take it up within a second");
    Ok(())
}
