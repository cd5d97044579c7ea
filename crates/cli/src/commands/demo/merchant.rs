//! The merchant of the demo: a project, its Stripe account, its catalogue, and a key for its app.

use perennial_core::api_keys;
use perennial_core::catalog::{apply_catalog, parse_catalog};
use perennial_core::change::Change;
use perennial_core::context::App;
use perennial_core::ports::StripeCredentials;
use perennial_core::projects::{
    ProjectPatch, add_webhook_secret, connect_stripe, create_project, update_project,
};
use perennial_core::secrets;
use perennial_domain::ProjectId;
use secrecy::{ExposeSecret, SecretString};

use super::facts::{PROJECT, Secrets};
use crate::failure::Failure;

/// What customers read: the shop of the demo.
pub(super) const NAME: &str = "Kestrel Phones";
/// The shop's own colour, so that its customers feel at home.
const ACCENT_COLOUR: &str = "#9c3b12";
const LOCALES: [&str; 4] = ["en-US", "de-DE", "fr-FR", "es-ES"];
const CATALOGUE: &str = include_str!("../../../../../examples/catalog.toml");

/// Makes what is missing, and answers a key that works. Everything else is as it was.
pub(super) async fn prepare(
    app: &App,
    secrets: &Secrets,
    sandbox_base: String,
) -> Result<SecretString, Failure> {
    let project = project(app).await?;
    check_master_key(app, project).await?;
    let credentials =
        StripeCredentials { secret_key: secrets.stripe_secret_key.clone(), api_base: sandbox_base };
    connect_stripe(app, project, &credentials).await?;
    add_webhook_secret(app, project, &secrets.webhook_secret).await?;
    let catalogue = parse_catalog(CATALOGUE)?;
    apply_catalog(app, project, catalogue).await?;
    api_key(app, project, secrets.api_key.as_ref()).await
}

/// A database of before needs the master key of before: what it has sealed cannot be opened with another.
async fn check_master_key(app: &App, project: ProjectId) -> Result<(), Failure> {
    let sealed = app.read(move |cx, tx| tx.stripe_accounts(project).active_webhook_secrets(cx.now())).await?;
    let opened = sealed.iter().try_for_each(|secret| app.vault().open(secret).map(drop));
    opened.map_err(|error| {
        Failure::from(error)
            .hint("name the --data-dir that was used with this database before, or another database")
    })
}

async fn project(app: &App) -> Result<ProjectId, Failure> {
    let locales = LOCALES.map(str::to_owned);
    let project = app
        .write(move |cx, tx| {
            if let Some(project) = tx.projects().find_by_slug(PROJECT)? {
                return Ok::<_, Failure>(project.id);
            }
            let project = create_project(cx, tx, PROJECT, NAME, &locales)?;
            let accent_colour = Change::To(Some(ACCENT_COLOUR.to_owned()));
            let own = ProjectPatch { accent_colour, ..ProjectPatch::default() };
            Ok(update_project(cx, tx, project.id, &own)?.id)
        })
        .await?;
    Ok(project)
}

/// The key that was given out before, if the database knows it: it does not after `--fresh`, or when it is another one.
async fn api_key(
    app: &App,
    project: ProjectId,
    earlier: Option<&SecretString>,
) -> Result<SecretString, Failure> {
    if let Some(earlier) = earlier {
        let hash = secrets::hash(earlier.expose_secret());
        let now = app.now();
        let known = app.read(move |_, tx| api_keys::find(tx, &hash)).await?;
        if known.is_some_and(|known| known.key.project_id == project && known.key.is_valid_at(now)) {
            return Ok(earlier.clone());
        }
    }
    let (_, secret) = app.write(move |cx, tx| api_keys::create(cx, tx, project, "demo", None)).await?;
    Ok(secret)
}
