//! `perennial project set`: what customers of a project see, where they may be sent back to, and what happens to them.
//!
//! What is more than one value is given as `project show` prints it: JSON, in which what is left out is as usual.

use clap::Args;
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
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

fn read_word<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    T::deserialize(serde_json::Value::from(text))
}

pub(super) async fn set(app: &App, arguments: SetArguments) -> Result<(), Failure> {
    let id = projects::named(app, &arguments.slug).await?.id;
    let patch = ProjectPatch::from(arguments);
    app.write(move |cx, tx| update_project(cx, tx, id, &patch)).await?;
    output::say("changed; servers that run take it up within a second");
    Ok(())
}

impl From<SetArguments> for ProjectPatch {
    fn from(arguments: SetArguments) -> Self {
        Self {
            name: arguments.name,
            locales: arguments.locales,
            accent_colour: arguments.accent_colour,
            logo_url: arguments.logo_url,
            terms_url: arguments.terms_url,
            privacy_url: arguments.privacy_url,
            support_email: arguments.support_email,
            hide_powered_by: arguments.hide_powered_by,
            callback_allow_list: arguments.callback_allow_list,
            arrears: arguments.arrears,
            disputes: arguments.disputes,
            cancellation: arguments.cancellation,
            mails: arguments.mails,
            organizations: arguments.organizations,
            business: arguments.business,
        }
    }
}
