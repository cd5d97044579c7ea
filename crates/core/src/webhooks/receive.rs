//! Taking an event in: verified on its raw bytes, stored once, then answered.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use perennial_domain::ProjectId;
use perennial_store::tables::{ReceivedEvent, StripeEventRow, StripeEventState};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use super::inbox::Inbox;
use crate::context::{App, Cx};
use crate::ports::{EventSubject, RejectedEvent, StripeEvent};
use crate::recent::Recent;
use crate::secrets::VaultError;

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

/// Takes events in, and remembers for a moment who signs them with what.
pub struct Intake {
    app: App,
    signers: Recent<String, Arc<Signer>>,
    inbox: Inbox,
}

/// A project, and the secrets that its events may be signed with.
struct Signer {
    project: ProjectId,
    secrets: Vec<SecretString>,
}

impl Intake {
    /// An intake. A secret that was retired may work on for as long as `max_age`.
    ///
    /// Only projects that exist are remembered: whoever guesses fills no memory.
    pub fn open(app: App, max_age: Duration) -> Self {
        Self { inbox: Inbox::open(app.clone()), signers: Recent::up_to(max_age), app }
    }

    /// Keeps a verified event and queues the work on it. An event that is known already changes nothing.
    pub async fn receive(
        &self,
        project_slug: &str,
        signature: &str,
        body: &[u8],
    ) -> Result<(), ReceiveError> {
        let signer = self.signer(project_slug.to_owned()).await?;
        let now = self.app.now();
        let event = self.app.event_reader().read(body, signature, &signer.secrets, now)?;
        self.inbox.keep(received(signer.project, event, now)).await?;
        Ok(())
    }

    async fn signer(&self, slug: String) -> Result<Arc<Signer>, ReceiveError> {
        if let Some(signer) = self.signers.get(&slug) {
            return Ok(signer);
        }
        let wanted = slug.clone();
        let (project, sealed) = self.app.read(move |cx, tx| secrets_of(cx, tx, &wanted)).await?;
        let secrets = sealed.iter().map(|sealed| self.app.vault().open(sealed));
        let signer = Arc::new(Signer { project, secrets: secrets.collect::<Result<_, _>>()? });
        self.signers.put(slug, Arc::clone(&signer));
        Ok(signer)
    }
}

fn secrets_of(cx: &Cx, tx: &mut Tx<'_>, slug: &str) -> Result<(ProjectId, Vec<Vec<u8>>), ReceiveError> {
    let project = tx.projects().find_by_slug(slug)?.ok_or(ReceiveError::UnknownProject)?;
    Ok((project.id, tx.stripe_accounts(project.id).active_webhook_secrets(cx.now())?))
}

fn received(project: ProjectId, event: StripeEvent, now: Timestamp) -> ReceivedEvent {
    // What changes nothing here is kept all the same: an operator may want to see it.
    let concerns_us = event.subject != EventSubject::Other;
    let row = StripeEventRow {
        project_id: project,
        stripe_event_id: event.id,
        event_type: event.event_type,
        subject: event.subject.as_str().to_owned(),
        state: if concerns_us { StripeEventState::Waiting } else { StripeEventState::Done },
        attempts: 0,
        last_error: None,
        happened_at: event.happened_at,
        received_at: now,
        settled_at: (!concerns_us).then_some(now),
    };
    ReceivedEvent { row, payload: event.payload }
}
