//! The task that sends one mail.

use perennial_domain::{MailId, MailState, ProjectId};
use perennial_store::StoreError;

use super::compose::{ComposeError, Composed, compose};
use crate::context::App;
use crate::ports::{MailerError, Posted};

/// Why a mail is not sent yet. Try again.
#[derive(Debug, thiserror::Error)]
pub enum SendMailError {
    /// What it says cannot be found out.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The mail server did not take it for now.
    #[error(transparent)]
    Mailer(MailerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a mail and sends it, unless that was done before. Between the server's answer and our commit a crash may send it
/// twice: mail servers promise no more.
pub async fn send_mail(app: &App, project: ProjectId, id: MailId) -> Result<(), SendMailError> {
    let owned = app.clone();
    let mail = match app.write(move |cx, tx| compose(&owned, cx, tx, project, id)).await? {
        Composed::Settled => return Ok(()),
        Composed::NotNeeded(why) => {
            return Ok(settle(app, project, id, MailState::Skipped, Some(why.to_owned())).await?);
        }
        Composed::Ready(mail) => mail,
    };
    let (state, note) = match app.mailer().send(&mail).await {
        Ok(Posted::Sent) => (MailState::Sent, None),
        Ok(Posted::NoServer) => (MailState::Skipped, Some("no mail server is configured".to_owned())),
        Err(MailerError::Refused(words)) => {
            // The server's words may hold the address: they are kept with the mail, and stay out of the log.
            tracing::warn!(mail.id = %id, "the mail server refuses the mail {id} for good");
            (MailState::Refused, Some(words))
        }
        Err(error @ MailerError::NoAnswer(_)) => return Err(SendMailError::Mailer(error)),
    };
    Ok(settle(app, project, id, state, note).await?)
}

async fn settle(
    app: &App,
    project: ProjectId,
    id: MailId,
    state: MailState,
    note: Option<String>,
) -> Result<(), StoreError> {
    app.write(move |cx, tx| {
        let Some(mut mail) = tx.mails(project).find(id)? else { return Ok(()) };
        mail.state = state;
        mail.note.clone_from(&note);
        mail.settled_at = Some(cx.now());
        tx.mails(project).update(&mail)
    })
    .await
}
