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
        let sender = Mailbox::new(Some(one_line(&mail.merchant.name)), self.from.email.clone());
        let mut message = Message::builder()
            .from(sender)
            .to(Mailbox::new(mail.recipient.as_deref().map(one_line), to))
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

/// A name as a header takes it: a line break in one would begin another header.
fn one_line(name: &str) -> String {
    name.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// RFC 5321 §4.2.2: 550 to 556 are about this mail or its reader, and so are 450 to 452, for now. All else, a wrong
/// password too, is about the server, and an operator or time can mend it. The server's words may hold an address, and
/// only those of a refusal are kept.
fn explain(error: &smtp::Error) -> MailerError {
    match error.status().map(u16::from) {
        Some(550..=556) => MailerError::Refused(perennial_core::report::chain(error)),
        Some(code @ 450..=452) => MailerError::NotNow(format!("it answered {code}")),
        Some(code) => MailerError::NoAnswer(format!("it answered {code}")),
        None if error.is_timeout() => MailerError::NoAnswer("it took too long".to_owned()),
        None => MailerError::NoAnswer("it cannot be reached, or does not speak as expected".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MailServer;
    use jiff::Timestamp;
    use perennial_core::ports::MailContent;
    use perennial_domain::{CarrierName, Email, Id, MailId, Project, ProjectId, ProjectSettings};
    use secrecy::SecretString;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;
    use uuid::Uuid;

    fn mail() -> Mail {
        let settings =
            ProjectSettings { support_email: Some("help@heron.example".into()), ..Default::default() };
        Mail {
            id: MailId::from_uuid(Uuid::from_u128(1)),
            to: Email::parse("ada@example.com").unwrap(),
            recipient: Some("Ada\r\nBcc: eve@example.com".to_owned()),
            locale: "en-US".to_owned(),
            merchant: Project {
                id: ProjectId::from_uuid(Uuid::from_u128(2)),
                slug: "p".to_owned(),
                name: "Heron Mobile".to_owned(),
                locales: vec!["en-US".to_owned()],
                carrier: CarrierName::Test,
                settings,
                created_at: Timestamp::UNIX_EPOCH,
            },
            written_at: Timestamp::UNIX_EPOCH,
            content: MailContent::LoginCode { code: SecretString::from("048291"), valid_minutes: 10 },
        }
    }

    /// A mail server for one conversation, which answers so to the recipient; what it heard comes back at the end.
    async fn server(to_recipient: &'static str) -> (SmtpMailer, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let config =
            MailServer { from: "billing@heron.example".parse().unwrap(), smtp_url: SecretString::from(url) };
        let heard = tokio::spawn(async move {
            let (read, mut write) = listener.accept().await.unwrap().0.into_split();
            let (mut lines, mut heard, mut in_data) = (BufReader::new(read).lines(), String::new(), false);
            write.write_all(b"220 mail.test\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push_str(&line);
                heard.push('\n');
                let answer = match line.split(' ').next().unwrap_or_default() {
                    "." => "250 taken",
                    _ if in_data => continue,
                    "EHLO" => "250 mail.test",
                    "RCPT" => to_recipient,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                in_data = answer.starts_with("354");
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                if answer == "250 taken" || answer.starts_with('5') || answer.starts_with('4') {
                    break;
                }
            }
            heard
        });
        (SmtpMailer::new(&config).map_err(|_| "no mailer").unwrap(), heard)
    }

    #[tokio::test]
    async fn a_mail_has_both_parts_its_senders_name_and_nobody_elses_header() {
        let (mailer, heard) = server("250 ok").await;
        assert_eq!(mailer.send(&mail()).await, Ok(Posted::Sent));
        let heard = heard.await.unwrap();
        for part in [
            "MAIL FROM:<billing@heron.example>",
            "RCPT TO:<ada@example.com>",
            "Heron Mobile",
            "Reply-To: help@heron.example",
            "Content-Type: text/plain",
            "Content-Type: text/html",
            "048 291",
        ] {
            assert!(heard.contains(part), "{part} is missing in\n{heard}");
        }
        assert_eq!(heard.matches("RCPT TO").count(), 1);
        let (headers, _) = heard.split_once("\n\n").unwrap();
        assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{heard}");
    }

    #[tokio::test]
    async fn a_refusal_a_full_mailbox_and_a_closing_server_are_three_things() {
        let (mailer, _heard) = server("550 5.1.1 no such user").await;
        assert!(matches!(mailer.send(&mail()).await, Err(MailerError::Refused(_))));
        let (mailer, _heard) = server("452 4.2.2 over quota").await;
        let error = mailer.send(&mail()).await.unwrap_err();
        assert_eq!(error, MailerError::NotNow("it answered 452".to_owned()));
        let (mailer, _heard) = server("421 4.3.2 shutting down").await;
        let error = mailer.send(&mail()).await.unwrap_err();
        assert_eq!(error, MailerError::NoAnswer("it answered 421".to_owned()));
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_asked_again_later() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = SecretString::from(format!("smtp://{}", listener.local_addr().unwrap()));
        drop(listener);
        let config = MailServer { from: "billing@heron.example".parse().unwrap(), smtp_url: url };
        let mailer = SmtpMailer::new(&config).map_err(|_| "no mailer").unwrap();
        assert!(matches!(mailer.send(&mail()).await, Err(MailerError::NoAnswer(_))));
    }
}
