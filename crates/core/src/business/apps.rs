//! Apps, and the short-lived tokens that they fetch with their secret (contract §2.1).

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{AppId, AppKind, BusinessApp, ProjectId, TokenGrant};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::tokens::{NewToken, SaveTokenError, create_token, fresh_token};
use crate::context::{App, Cx};
use crate::customers::{FactError, check_full_name};
use crate::secrets::{self, SecretHash};

/// How long a token works that an app fetches with its secret (contract §2.1).
const SERVICE_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// What is known of an app.
#[derive(Clone, Debug)]
pub struct NewApp {
    /// What the catalogue calls it.
    pub code_name: String,
    /// What people call it.
    pub name: String,
    /// What it is there for.
    pub kind: AppKind,
}

/// Why an app is not made.
#[derive(Debug, thiserror::Error)]
pub enum SaveAppError {
    /// There is one already.
    #[error("there is an app {0:?} already")]
    Exists(String),
    /// The name cannot be.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an app's secret is not replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotateAppSecretError {
    /// There is no such app.
    #[error("there is no app {0:?}")]
    Unknown(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an app gets no token.
#[derive(Debug, thiserror::Error)]
pub enum ServiceTokenError {
    /// There is no such app, or it has another secret.
    #[error("there is no app with this id and secret")]
    Refused,
    /// The token cannot be made.
    #[error(transparent)]
    Token(#[from] SaveTokenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes an app. Its secret is answered once and never again.
pub fn create_app(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewApp,
) -> Result<(BusinessApp, SecretString), SaveAppError> {
    let secret = fresh_token();
    let app = create_app_of_hash(cx, tx, project_id, new, &secrets::hash(secret.expose_secret()))?;
    Ok((app, secret))
}

/// The same, with a secret that only its owner knows.
pub(crate) fn create_app_of_hash(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewApp,
    secret_hash: &SecretHash,
) -> Result<BusinessApp, SaveAppError> {
    let app = BusinessApp {
        id: cx.id(),
        project_id,
        code_name: check_full_name(&new.code_name)?,
        name: check_full_name(&new.name)?,
        kind: new.kind,
        created_at: cx.now(),
    };
    match tx.apps(project_id).insert(&app, secret_hash) {
        Err(error) if error.is_conflict("apps_code_name_key") => Err(SaveAppError::Exists(app.code_name)),
        inserted => Ok(inserted.map(|()| app)?),
    }
}

/// Gives an app a new secret, which is answered once and never again. Those before go on working beside it for as long as
/// `overlap`, so that the app can be told in the meantime; with none they end at once, for a secret that has leaked. Tokens that
/// were fetched with it last for their hour.
pub fn rotate_app_secret(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    code_name: &str,
    overlap: SignedDuration,
) -> Result<(BusinessApp, SecretString), RotateAppSecretError> {
    let unknown = || RotateAppSecretError::Unknown(code_name.to_owned());
    let app = tx.apps(project).find_by_code_name(code_name)?.ok_or_else(unknown)?;
    let secret = fresh_token();
    let ends_at = cx.now().checked_add(overlap).unwrap_or(Timestamp::MAX);
    tx.apps(project).replace_secret(app.id, &secrets::hash(secret.expose_secret()), ends_at)?;
    tx.apps(project).forget_old_secrets(app.id, cx.now())?;
    Ok((app, secret))
}

/// The app that the catalogue calls so.
pub fn find_app(
    tx: &mut Tx<'_>,
    project: ProjectId,
    code_name: &str,
) -> Result<Option<BusinessApp>, StoreError> {
    tx.apps(project).find_by_code_name(code_name)
}

/// The apps of the project, oldest first.
pub fn list_apps(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<BusinessApp>, StoreError> {
    tx.apps(project).all()
}

/// Gives an app a token that works for an hour; answers when it was made as well. Strangers may ask: nothing is written
/// before the secret is known to be right.
pub async fn issue_service_token(
    app: &App,
    id: AppId,
    secret: &SecretString,
) -> Result<(SecretString, Timestamp, SignedDuration), ServiceTokenError> {
    let hash = secrets::hash(secret.expose_secret());
    app.read(move |cx, tx| app_of_secret(cx, tx, id, &hash)).await?;
    app.write(move |cx, tx| {
        let app = app_of_secret(cx, tx, id, &hash)?;
        let new = NewToken {
            grant: TokenGrant { app_id: Some(app.id), ..TokenGrant::default() },
            label: "fetched by the app".to_owned(),
            expires_at: Some(cx.now() + SERVICE_TOKEN_LIFETIME),
        };
        let (token, secret) = create_token(cx, tx, app.project_id, &new)?;
        Ok((secret, token.created_at, SERVICE_TOKEN_LIFETIME))
    })
    .await
}

fn app_of_secret(
    cx: &Cx,
    tx: &mut Tx<'_>,
    id: AppId,
    hash: &SecretHash,
) -> Result<BusinessApp, ServiceTokenError> {
    let app = tx.find_app(id)?.ok_or(ServiceTokenError::Refused)?;
    let working = tx.apps(app.project_id).secret_hashes(id, cx.now())?;
    let is_right = working.iter().any(|known| secrets::equal(known, hash));
    is_right.then_some(app).ok_or(ServiceTokenError::Refused)
}
