//! The mails that customers and operators get, as types: what each says, with sample values.
//!
//! A mail is written once, as a [`Letter`]; both its parts show the same letter, so the text says whatever the HTML says.
//! Sending is not decided here.

mod cancellation;
mod cart_unfinished;
mod first_payment_failed;
mod letter;
mod login_code;
mod outgoing;
mod receipt;
mod renewal_failed;
mod webhook_disabled;

use jiff::civil::Date;

pub use self::cancellation::CancellationMail;
pub use self::cart_unfinished::CartUnfinishedMail;
pub use self::first_payment_failed::FirstPaymentFailedMail;
use self::letter::Letter;
pub use self::login_code::LoginCodeMail;
pub use self::outgoing::write_mail;
pub use self::receipt::ReceiptMail;
pub use self::renewal_failed::{Remedy, RenewalFailedMail};
pub use self::webhook_disabled::WebhookDisabledMail;
use crate::i18n::{Locale, Translator};
use crate::pages::Merchant;

/// A mail that says something to a customer.
pub trait Mail: Sized {
    /// What the file of a sample is called.
    const NAME: &'static str;

    /// Values that together show every state of the mail.
    fn samples() -> Vec<Self>;

    /// What it says.
    fn letter(&self, t: &Translator<'_>, head: &Letterhead) -> Letter;

    /// The mail with both its parts. Fails only if a template cannot be written out, which is our mistake.
    fn write(&self, head: &Letterhead) -> Result<Written, askama::Error> {
        let t = Translator::new(&head.locale, head.today);
        self.letter(&t, head).write(head, t)
    }
}

/// Who writes to whom, in which language.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// Whose customer it is.
    pub merchant: Merchant,
    /// The customer's language, and their region's way to write numbers and dates.
    pub locale: Locale,
    /// The customer's name, if we know it.
    pub recipient: Option<String>,
    /// The customer's date, which decides whether other dates need their year.
    pub today: Date,
}

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject. It is one line, whatever a name in it holds.
    pub subject: String,
    /// The part of type `text/plain`.
    pub text: String,
    /// The part of type `text/html`.
    pub html: String,
}

/// Writes all samples of all mails, each with its name and its number from 0, such as `receipt-1`.
pub fn write_all(head: &Letterhead) -> Result<Vec<(String, Written)>, askama::Error> {
    let mails = [
        write_samples::<LoginCodeMail>(head),
        write_samples::<ReceiptMail>(head),
        write_samples::<RenewalFailedMail>(head),
        write_samples::<FirstPaymentFailedMail>(head),
        write_samples::<CancellationMail>(head),
        write_samples::<CartUnfinishedMail>(head),
        write_samples::<WebhookDisabledMail>(head),
    ];
    let written: Vec<_> = mails.into_iter().collect::<Result<_, _>>()?;
    Ok(written.into_iter().flatten().collect())
}

fn write_samples<M: Mail>(head: &Letterhead) -> Result<Vec<(String, Written)>, askama::Error> {
    let samples = M::samples().into_iter().enumerate();
    samples.map(|(number, mail)| Ok((format!("{}-{number}", M::NAME), mail.write(head)?))).collect()
}
