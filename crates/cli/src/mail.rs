//! How mails leave the house: through a mail server, or, in the demo, into a mailbox on this machine.

mod mailbox;
mod smtp;

use std::sync::Arc;

use perennial_core::ports::{Mailer, NoMailer};

use crate::config::MailServer;
use crate::failure::Failure;

pub(crate) use mailbox::Mailbox;

/// What sends mails for a server with this configuration. Without a mail server that is said once, here.
pub(crate) fn mailer(server: Option<&MailServer>) -> Result<Arc<dyn Mailer>, Failure> {
    let Some(server) = server else {
        tracing::warn!(
            "no mail is configured: receipts and codes to log in are not sent, and the outbox keeps them as skipped"
        );
        return Ok(Arc::new(NoMailer));
    };
    Ok(Arc::new(smtp::SmtpMailer::new(server)?))
}
