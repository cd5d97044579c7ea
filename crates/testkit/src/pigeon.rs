//! Carries the application's mails to nowhere, and remembers what each said.

use std::sync::Mutex;

use perennial_core::ports::{Mail, MailContent, Mailer, MailerAnswer, MailerError, Posted};
use secrecy::ExposeSecret;

/// A mail server that takes everything, until the weather changes.
#[derive(Debug, Default)]
pub struct Pigeon {
    sent: Mutex<Vec<Mail>>,
    weather: Mutex<Weather>,
}

/// What the mail server does with a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// It takes it.
    #[default]
    Fair,
    /// It does not answer.
    Storm,
    /// It does not take it for now.
    Fog,
    /// It refuses it for good.
    Closed,
}

impl Pigeon {
    /// Every mail since the last time, oldest first. What is taken out is gone.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.sent.lock().expect("nobody panics here"))
    }

    /// Changes what happens to mails from now on.
    pub fn set_weather(&self, weather: Weather) {
        *self.weather.lock().expect("nobody panics here") = weather;
    }

    /// The digits of the newest code that was sent. It stays where it is.
    pub fn newest_code(&self) -> Option<String> {
        let sent = self.sent.lock().expect("nobody panics here");
        sent.iter().rev().find_map(|mail| match &mail.content {
            MailContent::LoginCode { code, .. } => Some(code.expose_secret().to_owned()),
            _ => None,
        })
    }
}

impl Mailer for Pigeon {
    fn send<'a>(&'a self, mail: &'a Mail) -> MailerAnswer<'a> {
        let answer = match *self.weather.lock().expect("nobody panics here") {
            Weather::Fair => {
                self.sent.lock().expect("nobody panics here").push(mail.clone());
                Ok(Posted::Sent)
            }
            Weather::Storm => Err(MailerError::NoAnswer("a storm".to_owned())),
            Weather::Fog => Err(MailerError::NotNow("452 over quota".to_owned())),
            Weather::Closed => Err(MailerError::Refused("550 no such mailbox".to_owned())),
        };
        Box::pin(std::future::ready(answer))
    }
}
