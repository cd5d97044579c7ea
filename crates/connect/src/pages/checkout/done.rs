//! It is bought.

use super::samples;
use crate::i18n::Translator;
use crate::pages::page;
use crate::pages::summary::{Billing, Summary, exit, then};

/// Says what was bought and until when, then leads back to the merchant.
#[derive(Debug, Clone)]
pub struct DonePage {
    /// What was bought.
    pub summary: Summary,
    /// Whether it may be used already; if not, it is being set up.
    pub is_active: bool,
    /// The phone number, when there is one.
    pub phone_number: Option<String>,
    /// How to install the eSIM, when there is one and it is ready.
    pub esim: Option<EsimDetails>,
    /// The customer's own SIM card, by its ICCID.
    pub own_sim: Option<String>,
    /// Where the number to keep stands, if one was brought along.
    pub kept_number: Option<String>,
    /// The address that a receipt was sent to, and only if it was.
    pub receipt_sent_to: Option<String>,
    /// What to name when asking about this purchase.
    pub reference: String,
    /// The callback with its outcome; without one, the customer just closes the page.
    pub continue_url: Option<String>,
}

/// What a phone needs to install an eSIM by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EsimDetails {
    /// The SM-DP+ address.
    pub server: String,
    /// The activation code, also called matching id.
    pub code: String,
}

impl DonePage {
    /// What happens from here on, in one sentence.
    fn sentence(&self, t: &Translator<'_>) -> String {
        match &self.summary.billing {
            Billing::Free => t.text("outcome-done-free"),
            Billing::Lifetime => t.text("outcome-done-lifetime"),
            Billing::Recurring { every, next_amount, next_on, afterwards, bound_until } => {
                let (amount, date) = (t.money(next_amount), t.date(next_on));
                let renews =
                    t.with("outcome-done-recurring", &[("amount", amount.into()), ("date", date.into())]);
                let later = then(t, *every, afterwards.as_ref());
                format!("{renews}{later} {}", exit(t, bound_until.as_ref()))
            }
            Billing::FixedTerm { until: Some(until), .. } => {
                t.one("outcome-done-fixed-until", "date", &t.date(until))
            }
            Billing::FixedTerm { lasts, until: None } => {
                t.one("outcome-done-fixed", "length", &t.length(lasts))
            }
        }
    }

    fn title(&self, t: &Translator<'_>) -> String {
        let key = if self.is_active { "outcome-done-title" } else { "outcome-done-title-pending" };
        t.one(key, "plan", &self.summary.name)
    }
}

page!(DonePage, "pages/checkout/done.html", {
    let done = |summary: Summary| Self {
        summary,
        is_active: true,
        phone_number: None,
        esim: None,
        own_sim: None,
        kept_number: None,
        receipt_sent_to: None,
        reference: "PAY-7K2M-94QD".to_owned(),
        continue_url: Some("https://shop.example/phone-plans?session_id=csn_1&status=success".to_owned()),
    };
    let esim = EsimDetails { server: "smdp.test.example".to_owned(), code: "K2-1ABCDE-9QW4RT".to_owned() };
    vec![
        Self {
            phone_number: Some("+49 1579 0000123".to_owned()),
            esim: Some(esim),
            receipt_sent_to: Some("noa@example.org".to_owned()),
            ..done(samples::monthly())
        },
        Self {
            is_active: false,
            own_sim: Some("8949 0200 0012 3456 787".to_owned()),
            kept_number: Some("+49 151 23456789".to_owned()),
            ..done(samples::thirty_days_in_yen())
        },
        Self { continue_url: None, ..done(samples::free()) },
        done(samples::from_first_use()),
        done(samples::half_for_a_while()),
        done(samples::lifetime_with_a_long_name()),
    ]
});
