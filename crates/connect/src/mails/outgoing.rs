//! From what the core says to a mail that can be sent.

use perennial_core::ports::{self, Mail as Outgoing, MailContent, ReceiptLine};
use perennial_domain::{DeclineReason, FirstPaymentFailed, RenewalFailed};
use secrecy::ExposeSecret;

use super::{
    CancellationMail, CartUnfinishedMail, FirstPaymentFailedMail, Letterhead, LoginCodeMail, Mail,
    ReceiptMail, Remedy, RenewalFailedMail, WebhookDisabledMail, Written,
};
use crate::from_core::date_of;
use crate::i18n::Locale;
use crate::pages::manage::{NextPayment, OpenPayment, SavedCard};
use crate::pages::summary::{Line, LineLabel};
use crate::pages::{Merchant, PaymentFailure};

/// Writes a mail in its reader's language. What comes out holds codes and links: it is for its reader alone.
pub fn write_mail(mail: &Outgoing) -> Result<Written, askama::Error> {
    let head = Letterhead {
        merchant: Merchant::of(&mail.merchant),
        locale: Locale::for_tag(&mail.locale),
        recipient: mail.recipient.clone(),
        today: date_of(mail.written_at),
    };
    match &mail.content {
        MailContent::LoginCode { code, valid_minutes } => {
            let code = code.expose_secret().to_owned();
            LoginCodeMail { code, valid_minutes: *valid_minutes }.write(&head)
        }
        MailContent::Receipt(receipt) => receipt_mail(receipt).write(&head),
        MailContent::RenewalFailed { plan, failed, url } => {
            renewal_failed_mail(plan, failed, url.expose_secret()).write(&head)
        }
        MailContent::FirstPaymentFailed { plan, kept, failed, url } => {
            first_payment_failed_mail(plan, kept, failed, url.expose_secret()).write(&head)
        }
        MailContent::Cancellation { plan, ending } => {
            CancellationMail { plan: plan.clone(), ending: (*ending).into(), resume_url: None }.write(&head)
        }
        MailContent::CartUnfinished { bought, missing, url } => {
            let (bought, missing, url) = (bought.clone(), missing.clone(), url.expose_secret().to_owned());
            CartUnfinishedMail { bought, missing, url }.write(&head)
        }
        MailContent::WebhookDisabled { id, url, is_gone } => {
            let (id, url) = (id.to_string(), url.to_string());
            WebhookDisabledMail { id, url, is_gone: *is_gone }.write(&head)
        }
    }
}

fn receipt_mail(receipt: &ports::Receipt) -> ReceiptMail {
    let line = |line: &ReceiptLine| Line {
        label: match line {
            ReceiptLine::Product(name, _) => LineLabel::Named(name.clone()),
            ReceiptLine::Voucher(code, _) => LineLabel::Voucher(code.clone()),
        },
        amount: line.amount(),
        cadence: None,
    };
    ReceiptMail {
        lines: receipt.lines.iter().map(line).collect(),
        total: receipt.total,
        paid_on: date_of(receipt.paid_at),
        card: receipt.card.as_ref().map(|card| SavedCard::of(card, receipt.paid_at)),
        next: receipt.next.map(NextPayment::from),
        reference: receipt.reference.clone(),
    }
}

fn renewal_failed_mail(plan: &str, failed: &RenewalFailed, url: &str) -> RenewalFailedMail {
    RenewalFailedMail {
        plan: plan.to_owned(),
        open: OpenPayment {
            amount: failed.amount,
            failed_on: date_of(failed.failed_at),
            next_try: failed.next_try_at.map(date_of),
            is_usable: failed.is_usable,
        },
        failure: failure_of(failed.reason),
        remedy: match failed.remedy {
            perennial_domain::Remedy::ConfirmPayment => Remedy::ConfirmPayment,
            perennial_domain::Remedy::AnotherCard => Remedy::AnotherCard,
        },
        url: url.to_owned(),
    }
}

fn first_payment_failed_mail(
    plan: &str,
    kept: &str,
    failed: &FirstPaymentFailed,
    url: &str,
) -> FirstPaymentFailedMail {
    FirstPaymentFailedMail {
        plan: plan.to_owned(),
        kept: kept.to_owned(),
        amount: failed.amount,
        failed_on: date_of(failed.failed_at),
        failure: failed.reason.map(failure_of),
        url: url.to_owned(),
    }
}

const fn failure_of(reason: DeclineReason) -> PaymentFailure {
    match reason {
        DeclineReason::Declined => PaymentFailure::Declined,
        DeclineReason::InsufficientFunds => PaymentFailure::InsufficientFunds,
        DeclineReason::ExpiredCard => PaymentFailure::ExpiredCard,
        DeclineReason::WrongSecurityCode => PaymentFailure::WrongSecurityCode,
        DeclineReason::NotAuthenticated => PaymentFailure::NotAuthenticated,
    }
}
