//! Sending mails: what each says, in the core's words. How it is written and by which server it goes is decided elsewhere.

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use perennial_domain::{
    Card, Email, FirstPaymentFailed, MailId, Money, Project, RenewalFailed, Span, Subscription,
    WebhookEndpointId,
};
use secrecy::SecretString;
use url::Url;

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Ours; sent twice, it carries the same name.
    pub id: MailId,
    /// To whom.
    pub to: Email,
    /// Their name, if we know it.
    pub recipient: Option<String>,
    /// Their language and region, as a tag.
    pub locale: String,
    /// Whose customer they are.
    pub merchant: Project,
    /// When it is written.
    pub written_at: Timestamp,
    /// What it says.
    pub content: MailContent,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum MailContent {
    /// The code that logs its reader in.
    LoginCode {
        /// Its six digits.
        code: SecretString,
        /// How long it works, in minutes.
        valid_minutes: u32,
    },
    /// What was paid.
    Receipt(Receipt),
    /// A renewal that was not paid.
    RenewalFailed {
        /// The plan's name.
        plan: String,
        /// What is open, and why.
        failed: RenewalFailed,
        /// The address that leads to where it is mended. Whoever has it acts for the customer, once.
        url: SecretString,
    },
    /// The first period of a plan that was not paid, so that it did not begin.
    FirstPaymentFailed {
        /// The plan's name.
        plan: String,
        /// The name of the plan that its customer still has.
        kept: String,
        /// What should have been charged, and why it was not.
        failed: FirstPaymentFailed,
        /// The address where the plan can be chosen again, and paid with any card. Whoever has it acts for the customer, once.
        url: SecretString,
    },
    /// A subscription that ends because somebody decided so.
    Cancellation {
        /// The plan's name.
        plan: String,
        /// When it ends.
        ending: Ending,
    },
    /// A cart of which a part was bought, and the rest was not.
    CartUnfinished {
        /// The names of what was bought.
        bought: Vec<String>,
        /// The names of what was not.
        missing: Vec<String>,
        /// The address at which the rest can be bought. Whoever has it may act for the business, for a while.
        url: SecretString,
    },
    /// A receiver of webhooks that was disabled by itself, to the operator.
    WebhookDisabled {
        /// Which.
        id: WebhookEndpointId,
        /// Where it listens.
        url: Url,
        /// Whether it says that it is gone for good; else it has failed for days.
        is_gone: bool,
    },
}

/// A payment, line by line.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What was paid for; the amounts add up to `total`.
    pub lines: Vec<ReceiptLine>,
    /// What was paid.
    pub total: Money,
    /// When.
    pub paid_at: Timestamp,
    /// What is charged next, if anything.
    pub next: Option<NextCharge>,
    /// The card that paid it, as far as it is known.
    pub card: Option<Card>,
    /// What to name when asking about this payment.
    pub reference: String,
}

/// One line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptLine {
    /// A plan or an add-on, by name.
    Product(String, Money),
    /// A voucher, by its code. Its amount is negative.
    Voucher(String, Money),
}

/// A charge to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextCharge {
    /// How much it will be.
    pub amount: Money,
    /// How often it repeats.
    pub every: Span,
    /// When it is due.
    pub at: Timestamp,
}

/// When a cancelled subscription ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At once.
    AtOnce,
    /// With what is paid.
    At(Timestamp),
    /// With the period that has just begun, and is still to be paid.
    Begun(Timestamp, NextCharge),
    /// Later than that, because the customer is bound; until then it goes on being charged.
    Bound(Timestamp, NextCharge),
}

impl Ending {
    /// What it means that a subscription goes on until `end`; `next` is what is charged before that, if anything is.
    pub fn of(subscription: &Subscription, end: Timestamp, next: Option<NextCharge>, now: Timestamp) -> Self {
        let running_until = subscription.runs_until(now);
        match next {
            Some(charge) if running_until.is_some_and(|running_until| running_until < end) => {
                Self::Bound(end, charge)
            }
            Some(charge) if subscription.awaits_renewal(now) => Self::Begun(end, charge),
            _ => Self::At(end),
        }
    }
}

/// What became of a mail that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// A mail server took it.
    Sent,
    /// There is no mail server.
    NoServer,
}

/// Why it was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailerError {
    /// There is no server that takes mails, for as long as that lasts.
    #[error("the mail server is away: {0}")]
    NoAnswer(String),
    /// It does not take this mail now. Try again later with the same.
    #[error("the mail server did not take the mail for now: {0}")]
    NotNow(String),
    /// No later try would do better.
    #[error("the mail server refuses the mail: {0}")]
    Refused(String),
}

/// An answer that is waited for.
pub type MailerAnswer<'a> = Pin<Box<dyn Future<Output = Result<Posted, MailerError>> + Send + 'a>>;

/// Hands mails over to whoever delivers them.
pub trait Mailer: Send + Sync {
    /// Sends a mail. After a crash it may be asked to send the same once more.
    fn send<'a>(&'a self, mail: &'a Mail) -> MailerAnswer<'a>;

    /// Whether there is a mail server at all. Without one, nobody is promised a mail.
    fn has_server(&self) -> bool {
        true
    }
}

/// For servers without a mail server: nothing is sent, and the outbox says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMailer;

impl Mailer for NoMailer {
    fn send<'a>(&'a self, _: &'a Mail) -> MailerAnswer<'a> {
        Box::pin(std::future::ready(Ok(Posted::NoServer)))
    }

    fn has_server(&self) -> bool {
        false
    }
}

impl ReceiptLine {
    /// What it adds to the sum.
    pub const fn amount(&self) -> Money {
        match self {
            Self::Product(_, amount) | Self::Voucher(_, amount) => *amount,
        }
    }
}
