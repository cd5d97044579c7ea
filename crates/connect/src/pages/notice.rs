//! Pages that end a visit or turn it round: what happened, what it means for the money, what to do.

use super::page;
use crate::i18n::Translator;
use crate::pages::Frame;
use crate::pages::business::FormRefusal;

/// One message with at most one way out.
#[derive(Debug, Clone)]
pub struct NoticePage {
    /// What happened.
    pub notice: Notice,
    /// Where to go from here. `None` where only closing the page is left.
    pub way_out: Option<WayOut>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The customer has a live subscription that excludes this one.
    AlreadySubscribed {
        /// The name of the plan that they have.
        plan: String,
    },
    /// The plan is not sold, or not any more.
    PlanUnavailable,
    /// The app named a SIM that does not fit the plan.
    SimUnfit,
    /// The visit took too long, or its link is too old.
    SessionExpired,
    /// The link was opened before, perhaps in another browser.
    SessionUsed,
    /// There is no such visit, or the link is incomplete.
    SessionUnknown,
    /// The purchase was finished in another tab.
    FinishedElsewhere,
    /// An address was proved, and there is nothing for it here.
    NoAccount,
    /// What the session asks for is not built yet.
    IntentUnavailable,
    /// Our payment service refuses it, whatever the customer does; nothing was charged.
    RefusedByStripe,
    /// Paid, while another purchase excluded it: the money goes back by itself.
    PaidTwice,
    /// Paid, when the subscription that it was for was not the same any more: the money goes back by itself.
    PaidTooLate,
    /// Paid, when what was chosen had been taken by somebody else: the money goes back by itself.
    PaidInVain,
    /// The payment failed, and nothing was charged.
    PaymentFailed(PaymentFailure),
    /// A form of the third door is not shown, or did nothing.
    Refused(FormRefusal),
    /// The form was older than what we know by now; nothing was changed.
    StaleForm,
    /// There is no such page.
    NotFound,
    /// Our database cannot be used at the moment.
    Outage {
        /// What to name when asking us about it; the log has it too.
        reference: String,
    },
    /// Something broke on our side.
    Internal {
        /// What to name when asking us about it; the log has it too.
        reference: String,
    },
}

/// Why a payment failed, as far as the customer can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentFailure {
    /// The bank said no, without a reason.
    Declined,
    /// There is not enough money on the card.
    InsufficientFunds,
    /// The card has expired.
    ExpiredCard,
    /// The security code is wrong.
    WrongSecurityCode,
    /// The bank did not confirm that it was the customer.
    NotAuthenticated,
    /// Our payment service did not answer.
    ServiceUnavailable,
}

/// Where a notice leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOut {
    /// Back to the merchant, at this address.
    ToMerchant(String),
    /// Back to the merchant, by posting the form's token to this path: for ways out that change something here.
    LeaveBy(String),
    /// Once more, at this path.
    TryAgain(String),
    /// On to what was bought, at this address.
    Continue(String),
}

impl Notice {
    fn title_key(&self) -> &'static str {
        match self {
            Self::AlreadySubscribed { .. } => "notice-already-subscribed-title",
            Self::PlanUnavailable => "notice-plan-unavailable-title",
            Self::SimUnfit => "notice-sim-unfit-title",
            Self::SessionExpired => "notice-session-expired-title",
            Self::SessionUsed => "notice-session-used-title",
            Self::SessionUnknown => "notice-session-unknown-title",
            Self::FinishedElsewhere => "notice-finished-elsewhere-title",
            Self::NoAccount => "notice-no-account-title",
            Self::IntentUnavailable => "notice-intent-unavailable-title",
            Self::RefusedByStripe => "notice-refused-by-stripe-title",
            Self::PaidTwice => "notice-paid-twice-title",
            Self::PaidTooLate => "notice-paid-too-late-title",
            Self::PaidInVain => "notice-paid-in-vain-title",
            Self::PaymentFailed(_) => "notice-payment-failed-title",
            Self::Refused(refusal) => refusal.title_key(),
            Self::StaleForm => "notice-stale-form-title",
            Self::NotFound => "notice-not-found-title",
            Self::Outage { .. } => "notice-outage-title",
            Self::Internal { .. } => "notice-internal-title",
        }
    }

    fn text(&self, t: &Translator<'_>, frame: &Frame) -> String {
        let merchant = &frame.merchant.name;
        match self {
            Self::AlreadySubscribed { plan } => t.one("notice-already-subscribed-text", "plan", plan),
            Self::PlanUnavailable => t.one("notice-plan-unavailable-text", "merchant", merchant),
            Self::SimUnfit => t.one("notice-sim-unfit-text", "merchant", merchant),
            Self::SessionExpired => t.text("notice-session-expired-text"),
            Self::SessionUsed => t.text("notice-session-used-text"),
            Self::SessionUnknown => t.text("notice-session-unknown-text"),
            Self::FinishedElsewhere => t.text("notice-finished-elsewhere-text"),
            Self::NoAccount => t.one("notice-no-account-text", "merchant", merchant),
            Self::IntentUnavailable => t.one("notice-intent-unavailable-text", "merchant", merchant),
            Self::RefusedByStripe => t.one("notice-refused-by-stripe-text", "merchant", merchant),
            Self::PaidTwice => t.text("notice-paid-twice-text"),
            Self::PaidTooLate => t.text("notice-paid-too-late-text"),
            Self::PaidInVain => t.text("notice-paid-in-vain-text"),
            Self::PaymentFailed(failure) => t.text(failure.key()),
            Self::Refused(refusal) => t.text(refusal.text_key()),
            Self::StaleForm => t.text("notice-stale-form-text"),
            Self::NotFound => t.text("notice-not-found-text"),
            Self::Outage { .. } => t.text("notice-outage-text"),
            Self::Internal { .. } => t.text("notice-internal-text"),
        }
    }

    fn reference(&self) -> Option<&str> {
        match self {
            Self::Outage { reference } | Self::Internal { reference } => Some(reference),
            _ => None,
        }
    }

    /// Whether it is good news, bad news, or neither: chooses the mark above the title.
    fn tone(&self) -> &'static str {
        match self {
            Self::FinishedElsewhere | Self::AlreadySubscribed { .. } => "positive",
            Self::PaymentFailed(_) | Self::Internal { .. } => "negative",
            _ => "neutral",
        }
    }
}

impl PaymentFailure {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Declined => "notice-payment-failed-declined",
            Self::InsufficientFunds => "notice-payment-failed-insufficient-funds",
            Self::ExpiredCard => "notice-payment-failed-expired-card",
            Self::WrongSecurityCode => "notice-payment-failed-wrong-security-code",
            Self::NotAuthenticated => "notice-payment-failed-not-authenticated",
            Self::ServiceUnavailable => "notice-payment-failed-service-unavailable",
        }
    }
}

impl WayOut {
    fn label(&self, t: &Translator<'_>, frame: &Frame) -> String {
        match self {
            Self::ToMerchant(_) | Self::LeaveBy(_) => {
                t.one("notice-to-merchant", "merchant", &frame.merchant.name)
            }
            Self::TryAgain(_) => t.text("notice-try-again"),
            Self::Continue(_) => t.text("common-continue"),
        }
    }
}

page!(NoticePage, "pages/notice.html", {
    let shop = || WayOut::ToMerchant("https://shop.example/?session_id=csn_1&status=auth_expired".to_owned());
    let retry = || WayOut::TryAgain("/checkout/review".to_owned());
    let page = |notice, way_out| Self { notice, way_out: Some(way_out) };
    let failed = |failure| Self { notice: Notice::PaymentFailed(failure), way_out: Some(retry()) };
    let refused = |refusal| page(Notice::Refused(refusal), shop());
    let mut pages = vec![
        page(Notice::AlreadySubscribed { plan: "Heron 12".to_owned() }, shop()),
        page(Notice::PlanUnavailable, WayOut::LeaveBy("/checkout/leave".to_owned())),
        page(Notice::SessionExpired, shop()),
        page(Notice::SessionUsed, shop()),
        Self { notice: Notice::SessionUnknown, way_out: None },
        page(Notice::FinishedElsewhere, WayOut::Continue("https://shop.example/?status=success".to_owned())),
        page(Notice::PaidTwice, WayOut::LeaveBy("/checkout/leave".to_owned())),
        page(Notice::IntentUnavailable, shop()),
        failed(PaymentFailure::Declined),
        failed(PaymentFailure::InsufficientFunds),
        failed(PaymentFailure::ExpiredCard),
        failed(PaymentFailure::WrongSecurityCode),
        failed(PaymentFailure::NotAuthenticated),
        failed(PaymentFailure::ServiceUnavailable),
        page(Notice::StaleForm, retry()),
        Self { notice: Notice::NotFound, way_out: None },
        Self { notice: Notice::Outage { reference: "5C0FFEE1".to_owned() }, way_out: None },
        page(Notice::Internal { reference: "01JX-4T7Q-ZP2M".to_owned() }, retry()),
        page(Notice::NoAccount, retry()),
        page(Notice::PaidTooLate, retry()),
        page(Notice::RefusedByStripe, shop()),
        page(Notice::SimUnfit, WayOut::LeaveBy("/checkout/leave".to_owned())),
        page(Notice::PaidInVain, retry()),
    ];
    pages.extend(FormRefusal::ALL.map(refused));
    pages
});
