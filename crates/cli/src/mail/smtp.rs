//! Mails through a mail server.

use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use perennial_connect::mails::write_mail;
use perennial_core::ports::{Mail, Mailer, MailerAnswer, MailerError, Posted};
use secrecy::ExposeSecret;

use crate::config::MailServer;
use crate::failure::{Explain, Failure};

/// For one step of the conversation with the server.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mails over SMTP, with one pool of connections.
pub(super) struct SmtpMailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// A mailer for this server. Nothing is asked of it yet.
    pub(super) fn new(server: &MailServer) -> Result<Self, Failure> {
        let url = server.smtp_url.expose_secret();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).or_fail("mail.smtp_url")?;
        Ok(Self { from: server.from.clone(), transport: transport.timeout(Some(STEP_TIMEOUT)).build() })
    }

    async fn post(&self, mail: &Mail) -> Result<Posted, MailerError> {
        let message = self.message(mail)?;
        self.transport.send(message).await.map(|_| Posted::Sent).map_err(|error| explain(&error))
    }

    /// The mail as it travels. Its name is made from our id, so that a reader's program knows one that comes twice.
    fn message(&self, mail: &Mail) -> Result<Message, MailerError> {
        let refused = |error: &dyn std::error::Error| MailerError::Refused(error.to_string());
        let written = write_mail(mail).map_err(|error| refused(&error))?;
        let to = mail.to.as_str().parse::<Address>().map_err(|error| refused(&error))?;
        let sender = Mailbox::new(Some(mail.merchant.name.clone()), self.from.email.clone());
        let mut message = Message::builder()
            .from(sender)
            .to(Mailbox::new(mail.recipient.clone(), to))
            .subject(written.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())));
        // Whoever answers reaches people.
        let support = mail.merchant.settings.support_email.as_deref();
        if let Some(support) = support.and_then(|support| support.parse::<Address>().ok()) {
            message = message.reply_to(support.into());
        }
        let parts = MultiPart::alternative_plain_html(written.text, written.html);
        message.multipart(parts).map_err(|error| refused(&error))
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> MailerAnswer<'a> {
        Box::pin(self.post(mail))
    }
}

/// RFC 5321 §4.2.2: 550 to 556 are about this mail or its reader. All else, a wrong password too, an operator or time can
/// mend. The server's words may hold an address, and only those of a refusal are kept.
fn explain(error: &smtp::Error) -> MailerError {
    match error.status().map(u16::from) {
        Some(550..=556) => MailerError::Refused(perennial_core::report::chain(error)),
        Some(code) => MailerError::NoAnswer(format!("it answered {code}")),
        None if error.is_timeout() => MailerError::NoAnswer("it took too long".to_owned()),
        None => MailerError::NoAnswer("it cannot be reached, or does not speak as expected".to_owned()),
    }
}
