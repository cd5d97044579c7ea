//! The task that sends one mail.

use perennial_domain::{CustomerId, Letter, MailId, MailState, ProjectId};
use perennial_store::{StoreError, Tx};

use super::compose::{ComposeError, Composed, compose};
use crate::cards::sync_cards_of;
use crate::context::App;
use crate::ports::{MailerError, Posted};

/// Why a mail is not sent yet. Try again.
#[derive(Debug, thiserror::Error)]
pub enum SendMailError {
    /// What it says cannot be found out.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The mail server is away, or did not take it for now.
    #[error(transparent)]
    Mailer(MailerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a mail and sends it, unless that was done before. Between the server's answer and our commit a crash may send it
/// twice: mail servers promise no more.
pub async fn send_mail(app: &App, project: ProjectId, id: MailId) -> Result<(), SendMailError> {
    learn_card(app, project, id).await?;
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
        Err(error @ (MailerError::NoAnswer(_) | MailerError::NotNow(_))) => {
            return Err(SendMailError::Mailer(error));
        }
    };
    Ok(settle(app, project, id, state, note).await?)
}

/// A receipt names the card that paid. One that was given with the purchase itself may not be known here yet; where
/// Stripe does not tell of it, the receipt goes without.
async fn learn_card(app: &App, project: ProjectId, mail: MailId) -> Result<(), StoreError> {
    let Some(customer) = app.read(move |_, tx| owner_of_new_card(tx, project, mail)).await? else {
        return Ok(());
    };
    if let Err(error) = sync_cards_of(app, project, customer).await {
        tracing::info!(mail.id = %mail, %error, "the receipt {mail} cannot name the card that paid");
    }
    Ok(())
}

/// Whose card it is that paid what the mail is a receipt for, where we do not know that card.
fn owner_of_new_card(
    tx: &mut Tx<'_>,
    project: ProjectId,
    mail: MailId,
) -> Result<Option<CustomerId>, StoreError> {
    let queued = tx.mails(project).find(mail)?.filter(|mail| mail.state == MailState::Waiting);
    let Some(Letter::Receipt { payment }) = queued.map(|queued| queued.letter) else { return Ok(None) };
    let Some(payment) = tx.payments(project).find(payment)? else { return Ok(None) };
    let Some(card) = &payment.attempts.payment_method else { return Ok(None) };
    let known = tx.payment_methods(project).find_by_stripe_id(card)?;
    Ok(known.is_none().then_some(payment.customer_id))
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
