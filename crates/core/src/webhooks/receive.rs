//! Taking an event in: verified on its raw bytes, stored once, then answered.

use perennial_domain::ProjectId;
use perennial_store::tables::{StripeEventRow, StripeEventState};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use crate::context::{App, Cx};
use crate::ports::{EventSubject, RejectedEvent, StripeEvent};
use crate::secrets::VaultError;
use crate::tasks::{Task, enqueue};

/// Why an event is not taken. Stripe tries again after a database failure, and must not after the others.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no such project.
    #[error("there is no such project")]
    UnknownProject,
    /// Not Stripe's, or too old, or no event.
    #[error(transparent)]
    Rejected(#[from] RejectedEvent),
    /// The webhook secrets cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a verified event and queues the work on it. An event that is known already changes nothing.
pub async fn receive(
    app: &App,
    project_slug: &str,
    signature: &str,
    body: &[u8],
) -> Result<(), ReceiveError> {
    let slug = project_slug.to_owned();
    let (project, sealed) = app.read(move |cx, tx| secrets_of(cx, tx, &slug)).await?;
    let secrets =
        sealed.iter().map(|sealed| app.vault().open(sealed)).collect::<Result<Vec<SecretString>, _>>()?;
    let event = app.event_reader().read(body, signature, &secrets, app.now())?;
    app.write(move |cx, tx| keep(cx, tx, project, &event)).await?;
    Ok(())
}

fn secrets_of(cx: &Cx, tx: &mut Tx<'_>, slug: &str) -> Result<(ProjectId, Vec<Vec<u8>>), ReceiveError> {
    let project = tx.projects().find_by_slug(slug)?.ok_or(ReceiveError::UnknownProject)?;
    Ok((project.id, tx.stripe_accounts(project.id).active_webhook_secrets(cx.now())?))
}

fn keep(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, event: &StripeEvent) -> Result<(), StoreError> {
    // What changes nothing here is kept all the same: an operator may want to see it.
    let concerns_us = event.subject != EventSubject::Other;
    let row = StripeEventRow {
        project_id: project,
        stripe_event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        subject: event.subject.as_str().to_owned(),
        payload: event.payload.clone(),
        state: if concerns_us { StripeEventState::Waiting } else { StripeEventState::Done },
        attempts: 0,
        last_error: None,
        happened_at: event.happened_at,
        received_at: cx.now(),
        settled_at: (!concerns_us).then_some(cx.now()),
    };
    let is_new = tx.stripe_events(project).insert(&row)?;
    if is_new && concerns_us {
        enqueue(cx, tx, &Task::ApplyStripeEvents { project, subject: row.subject })?;
    }
    Ok(())
}
