//! Making and changing projects, and connecting them with their Stripe accounts.

mod facts;
mod update;

use perennial_domain::{CarrierName, Project, ProjectId, ProjectSettings};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use crate::context::{App, Cx};
use crate::ports::StripeCredentials;
use crate::secrets::{VaultError, hash};

pub use facts::ProjectFactError;
pub use update::{ProjectPatch, UpdateProjectError, update_project};

/// Why a project is not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateProjectError {
    /// A slug is short and plain.
    #[error("a project's slug has 1 to 40 of a-z, 0-9 and -")]
    Slug,
    /// The name or a language cannot be.
    #[error(transparent)]
    Fact(#[from] ProjectFactError),
    /// There is one with this slug.
    #[error("there is a project {0} already")]
    Exists(String),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateProjectError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why an account is not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectStripeError {
    /// The secret cannot be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The project with this id.
pub fn find_project(tx: &mut Tx<'_>, id: ProjectId) -> Result<Option<Project>, StoreError> {
    tx.projects().find(id)
}

/// The project that paths call so.
pub fn find_project_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Project>, StoreError> {
    tx.projects().find_by_slug(slug)
}

/// Makes a project.
pub fn create_project(
    cx: &Cx,
    tx: &mut Tx<'_>,
    slug: &str,
    name: &str,
    locales: &[String],
) -> Result<Project, CreateProjectError> {
    if !Project::is_slug(slug) {
        return Err(CreateProjectError::Slug);
    }
    facts::check_name(name)?;
    facts::check_locales(locales)?;
    let project = Project {
        id: cx.id(),
        slug: slug.to_owned(),
        name: name.to_owned(),
        locales: locales.to_vec(),
        carrier: CarrierName::Test,
        settings: ProjectSettings::default(),
        created_at: cx.now(),
    };
    match tx.projects().insert(&project) {
        Err(error) if error.is_conflict("projects_slug_key") => {
            Err(CreateProjectError::Exists(slug.to_owned()))
        }
        answer => answer.map(|()| project).map_err(CreateProjectError::Store),
    }
}

/// Keeps the key to a project's Stripe account, sealed. A new key replaces the old one.
pub async fn connect_stripe(
    app: &App,
    project: ProjectId,
    credentials: &StripeCredentials,
) -> Result<(), ConnectStripeError> {
    let sealed = app.vault().seal(&credentials.secret_key)?;
    let api_base = credentials.api_base.clone();
    app.write(move |cx, tx| tx.stripe_accounts(project).put(&sealed, &api_base, cx.now())).await?;
    app.forget_account(project);
    Ok(())
}

/// Adds a webhook secret, sealed. Older ones stay in force until they are taken back, so that a rotation loses no event.
pub async fn add_webhook_secret(
    app: &App,
    project: ProjectId,
    secret: &SecretString,
) -> Result<(), ConnectStripeError> {
    let sealed = app.vault().seal(secret)?;
    let fingerprint = hash(secret.expose_secret());
    let kept = app
        .write(move |cx, tx| tx.stripe_accounts(project).add_webhook_secret(&fingerprint, &sealed, cx.now()));
    kept.await.map_err(ConnectStripeError::Store)
}

/// Ends all webhook secrets but this one, at once: one of them has leaked, or Stripe signs with none of them any more.
/// Answers how many have ended.
pub async fn end_other_webhook_secrets(
    app: &App,
    project: ProjectId,
    secret: &SecretString,
) -> Result<u64, StoreError> {
    let fingerprint = hash(secret.expose_secret());
    app.write(move |cx, tx| tx.stripe_accounts(project).expire_other_webhook_secrets(&fingerprint, cx.now()))
        .await
}
