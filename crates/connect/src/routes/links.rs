//! Where the pages are: the one place that spells their addresses.

use perennial_core::connect_sessions::area;
use perennial_core::context::App;
use perennial_domain::{
    CheckoutStep, ConnectSession, ConnectSessionId, PaymentId, ProductId, SubscriptionId,
};

/// Where a browser without a link of its own enters a visit, and is asked who it is.
pub(super) fn entry_path(session: &ConnectSession) -> String {
    format!("/{}/entry?session={}", area(&session.intent), session.id)
}

/// The addresses of one visit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    area: &'static str,
    session: ConnectSessionId,
}

impl Links {
    pub(super) fn of(session: &ConnectSession) -> Self {
        Self { area: area(&session.intent), session: session.id }
    }

    pub(super) fn start(self) -> String {
        format!("/{}/{}", self.area, self.session)
    }

    pub(super) fn step(self, step: CheckoutStep) -> String {
        format!("{}/{step}", self.start())
    }

    /// The review page, with a word about why the customer is back on it.
    pub(super) fn review_because(self, why: Why) -> String {
        format!("{}?why={}", self.step(CheckoutStep::Review), why.as_str())
    }

    /// The review page, whose sum is not any more the one that the customer agreed to, in minor units.
    pub(super) fn review_instead_of(self, before: i64) -> String {
        format!("{}&before={before}", self.review_because(Why::Price))
    }

    /// The cart of add-ons.
    pub(super) fn addons(self) -> String {
        format!("{}/addons", self.start())
    }

    /// The cart of add-ons, with a word about why the customer is back in it.
    pub(super) fn addons_because(self, why: Why) -> String {
        format!("{}?why={}", self.addons(), why.as_str())
    }

    pub(super) fn confirming(self, attempt: u32) -> String {
        format!("{}/confirming?attempt={attempt}", self.start())
    }

    pub(super) fn done(self) -> String {
        format!("{}/done", self.start())
    }

    pub(super) fn login(self) -> String {
        format!("{}/login", self.start())
    }

    /// The log-in, with a word about why the customer sees it again.
    pub(super) fn login_with(self, turn: &str) -> String {
        format!("{}?turn={turn}", self.login())
    }

    pub(super) fn login_leave(self) -> String {
        format!("{}/leave", self.login())
    }

    pub(super) fn leave(self) -> String {
        format!("{}/leave", self.start())
    }

    /// Where Stripe sends who paid: absolute.
    pub(super) fn absolute_return(self, app: &App) -> String {
        absolute(app, &format!("{}/return", self.start()))
    }

    /// Where Stripe sends who turned back from paying for add-ons: absolute.
    pub(super) fn absolute_cancel_of_addons(self, app: &App) -> String {
        absolute(app, &self.addons_because(Why::Canceled))
    }

    /// Where Stripe sends who turned back: absolute.
    pub(super) fn absolute_cancel(self, app: &App) -> String {
        absolute(app, &self.review_because(Why::Canceled))
    }
}

fn absolute(app: &App, path: &str) -> String {
    format!("{}{path}", app.settings().connect_url.as_str().trim_end_matches('/'))
}

/// Why the customer is back on the review page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Why {
    /// They turned back on Stripe's page.
    Canceled,
    /// Stripe's page timed out.
    Expired,
    /// The sum is another one than they saw.
    Price,
    /// Stripe did not answer.
    Unavailable,
    /// The voucher was used up or is over.
    VoucherGone,
    /// Stripe does not take the voucher for this order.
    VoucherUnfit,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Price => "price",
            Self::Unavailable => "unavailable",
            Self::VoucherGone => "vouchergone",
            Self::VoucherUnfit => "voucherunfit",
        }
    }
}

/// The portal's addresses.
impl Links {
    pub(super) fn subscriptions(self) -> String {
        format!("{}/subscriptions", self.start())
    }

    pub(super) fn subscription(self, id: SubscriptionId) -> String {
        format!("{}/{id}", self.subscriptions())
    }

    /// The details, with a word about a change that is being paid and comes first.
    pub(super) fn subscription_changing(self, id: SubscriptionId) -> String {
        format!("{}?changing=true", self.subscription(id))
    }

    pub(super) fn cancel(self, id: SubscriptionId) -> String {
        format!("{}/cancel", self.subscription(id))
    }

    /// The choice of an add-on for a subscription.
    pub(super) fn addons_for(self, id: SubscriptionId) -> String {
        format!("{}/addons", self.subscription(id))
    }

    pub(super) fn change(self, id: SubscriptionId) -> String {
        format!("{}/change", self.subscription(id))
    }

    pub(super) fn change_to(self, id: SubscriptionId, plan: ProductId) -> String {
        format!("{}/{plan}", self.change(id))
    }

    /// Where Stripe's page, or the bank, sends who pays for another plan: absolute.
    pub(super) fn absolute_change_return(self, app: &App, id: SubscriptionId, plan: ProductId) -> String {
        absolute(app, &format!("{}/return", self.change_to(id, plan)))
    }

    /// Where Stripe sends who turned back from paying for another plan: absolute.
    pub(super) fn absolute_change_because(
        self,
        app: &App,
        id: SubscriptionId,
        plan: ProductId,
        why: Why,
    ) -> String {
        absolute(app, &format!("{}?why={}", self.change_to(id, plan), why.as_str()))
    }

    pub(super) fn resume(self, id: SubscriptionId) -> String {
        format!("{}/resume", self.subscription(id))
    }

    pub(super) fn done_with(self, id: SubscriptionId, deed: Deed) -> String {
        format!("{}/done/{}", self.subscription(id), deed.as_str())
    }

    pub(super) fn name(self) -> String {
        format!("{}/name", self.start())
    }

    pub(super) fn address(self) -> String {
        format!("{}/address", self.start())
    }

    pub(super) fn saved(self, deed: Deed) -> String {
        format!("{}/saved/{}", self.start(), deed.as_str())
    }
}

/// The addresses around cards and payments.
impl Links {
    pub(super) fn card(self) -> String {
        format!("{}/card", self.start())
    }

    pub(super) fn card_because(self, why: CardWhy) -> String {
        format!("{}?why={}", self.card(), why.as_str())
    }

    pub(super) fn card_return(self) -> String {
        format!("{}/return", self.card())
    }

    /// What was done, and which payment with it.
    pub(super) fn card_saved(self, paid: Option<PaymentId>) -> String {
        let paid = paid.map(|id| format!("?paid={id}")).unwrap_or_default();
        format!("{}/saved{paid}", self.card())
    }

    /// Where Stripe sends who gave a card: absolute.
    pub(super) fn absolute_card_return(self, app: &App) -> String {
        absolute(app, &self.card_return())
    }

    /// Where Stripe sends who turned back: absolute.
    pub(super) fn absolute_card_because(self, app: &App, why: CardWhy) -> String {
        absolute(app, &self.card_because(why))
    }

    pub(super) fn payment(self, id: PaymentId) -> String {
        format!("{}/payments/{id}", self.start())
    }

    pub(super) fn payment_because(self, id: PaymentId, why: CardWhy) -> String {
        format!("{}?why={}", self.payment(id), why.as_str())
    }

    /// Where the bank sends the customer: absolute.
    pub(super) fn absolute_payment_return(self, app: &App, id: PaymentId) -> String {
        absolute(app, &format!("{}/return", self.payment(id)))
    }
}

/// Why the customer is back on the page of a card or a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CardWhy {
    /// They came back without an answer.
    Unfinished,
    /// Their bank said no.
    Refused,
    /// Stripe did not answer.
    Unavailable,
    /// A part is paid, and another one is open.
    Open,
}

impl CardWhy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Open => "open",
        }
    }
}

/// What was done in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A subscription was cancelled.
    Canceled,
    /// A cancellation was taken back.
    Resumed,
    /// A name was saved.
    Name,
    /// An address was saved.
    Address,
}

impl Deed {
    pub(super) const ALL: [Self; 4] = [Self::Canceled, Self::Resumed, Self::Name, Self::Address];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Resumed => "resumed",
            Self::Name => "name",
            Self::Address => "address",
        }
    }
}
