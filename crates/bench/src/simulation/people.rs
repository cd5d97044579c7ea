//! The subscribers, and how they do what the diary says.

use std::sync::Arc;

use perennial_core::checkout::Started;
use perennial_core::subscriptions::{
    ChangePlan, ChangePlanError, ChoiceError, cancel_subscription, change_plan, find_up_to_date,
    resume_subscription,
};
use perennial_domain::{Cancellation, CancellationCause, CustomerId, Subscription, SubscriptionChangeState};
use perennial_store::tables::{PageRequest, SubscriptionFilter};
use perennial_testkit::Merchant;

use super::Extent;
use super::crowd::Today;
use super::diary::{Chance, Deed, Diary};
use super::stripe::Stripe;
use crate::failure::{Failure, failure};

/// What a hundred subscribers buy.
pub(super) const TERMS: [(&str, usize); 7] = [
    ("weekly", 1),
    ("monthly", 25),
    ("quarterly", 20),
    ("yearly", 30),
    ("fixed", 8),
    ("lifetime", 8),
    ("free", 8),
];

/// Of a hundred subscriptions that are charged again and again, so many have their card fail in a year …
const CARDS_THAT_FAIL: u32 = 3;
/// … and of a hundred such cards, so many are replaced before Stripe gives up.
const CARDS_THAT_ARE_REPLACED: u32 = 60;
/// Of a hundred subscriptions, so many are cancelled in a year; half of those who do so change their mind.
const CANCELLATIONS: u32 = 6;
/// Of a hundred subscriptions to a plan that there is a larger one of, so many take it in a year.
const CHANGES_OF_PLAN: u32 = 15;
/// Days after which they want the smaller one again, with the next renewal.
const ENOUGH_AFTER: i64 = 100;
/// Days after which somebody who left comes back.
const BACK_AFTER: i64 = 45;
/// Days after a failed renewal on which another card is there: between the first retries of Stripe.
const MENDED_AFTER: i64 = 2;

/// Days after which a sweep has found what no webhook told: that of the day after, or, if nothing else brings it up again, the
/// one after that, which is over before this day begins.
const FOUND_AFTER: i64 = 3;

/// Somebody who buys.
pub(super) struct Subscriber {
    number: usize,
    plan: &'static str,
    customer: CustomerId,
    /// How often they have bought.
    purchases: u32,
    /// The day of the last purchase.
    bought_on: i64,
    /// How often they have changed the plan, or arranged that it changes.
    changes: u32,
}

impl Subscriber {
    /// Who is number so many, in a customer row of their own.
    pub(super) async fn enter(merchant: &Merchant, number: usize) -> Self {
        let customer = merchant.customer(&format!("subscriber.{number}@bench.example")).await.id;
        Self { number, plan: plan_of(number), customer, purchases: 0, bought_on: 0, changes: 0 }
    }

    /// How often they have bought.
    pub(super) fn purchases(&self) -> u64 {
        u64::from(self.purchases)
    }

    /// How often they have changed the plan.
    pub(super) fn changes(&self) -> u64 {
        u64::from(self.changes)
    }

    /// Does what is due today, and notes what follows from it.
    pub(super) async fn act(&mut self, deed: Deed, today: &mut Today) -> Result<Vec<(i64, Deed)>, Failure> {
        let live = self.live(today).await?;
        let Today { day, ref merchant, ref stripe, .. } = *today;
        match (deed, live) {
            (Deed::Buy, None) => self.buy(merchant, day).await,
            // The old one has not run out yet, or it has before its end was taken back.
            (Deed::Buy, Some(_)) | (Deed::Resume, None) => Ok(vec![(day + BACK_AFTER, Deed::Buy)]),
            (Deed::Year { purchase }, Some(_)) if purchase == self.purchases => Ok(self.plan_year(day)),
            // Its webhook was lost, and no sweep has found the purchase yet.
            (Deed::Year { purchase }, None)
                if purchase == self.purchases && day <= self.bought_on + FOUND_AFTER =>
            {
                self.wait_to_be_found(deed, day)
            }
            (Deed::Cancel { purchase, changes_mind }, Some(live)) if purchase == self.purchases => {
                let reason = Cancellation::because(CancellationCause::CancellationRequested);
                cancel_subscription(merchant.app(), merchant.project(), live.id, reason).await?;
                let next = if changes_mind { Deed::Resume } else { Deed::Buy };
                Ok(vec![(day + if changes_mind { 1 } else { BACK_AFTER }, next)])
            }
            (Deed::Resume, Some(live)) if live.can_resume(merchant.app().now()) => {
                resume_subscription(merchant.app(), merchant.project(), live.id).await?;
                Ok(Vec::new())
            }
            (Deed::ChangePlan { purchase }, Some(live)) if purchase == self.purchases => {
                self.change_plan(merchant, &live, day).await
            }
            (Deed::BreakCard { purchase, recovers }, Some(live)) if purchase == self.purchases => {
                change_card(stripe, &live, "pm_card_chargeCustomerFail").await?;
                let renews_in = days_left(merchant, &live)?;
                let next = if recovers { (MENDED_AFTER, Deed::MendCard) } else { (BACK_AFTER, Deed::Buy) };
                Ok(vec![(day + renews_in + next.0, next.1)])
            }
            (Deed::MendCard, Some(live)) => {
                change_card(stripe, &live, "pm_card_visa").await?;
                Ok(Vec::new())
            }
            // Overtaken by something else.
            _ => Ok(Vec::new()),
        }
    }

    fn wait_to_be_found(&self, deed: Deed, day: i64) -> Result<Vec<(i64, Deed)>, Failure> {
        if day == self.bought_on + FOUND_AFTER {
            return Err(failure(format!("nobody has found what {} has bought", self.customer)));
        }
        Ok(vec![(day + 1, deed)])
    }

    async fn buy(&mut self, merchant: &Merchant, day: i64) -> Result<Vec<(i64, Deed)>, Failure> {
        let started = merchant.start(self.customer, self.plan).await?;
        if let Started::Pay { checkout, .. } = started {
            let project = merchant.project();
            let open = merchant.app().read(move |_, tx| tx.checkouts(project).find(checkout)).await?;
            merchant.pay(&open.ok_or_else(|| failure("a checkout is gone"))?).await;
        }
        self.purchases += 1;
        self.bought_on = day;
        Ok(match self.plan {
            "lifetime" | "free" => Vec::new(),
            // A day after it is over, in a leap year too.
            "fixed" => vec![(day + 367, Deed::Buy)],
            _ => vec![(day + 1, Deed::Year { purchase: self.purchases })],
        })
    }

    /// To the larger plan at once, to the smaller one with the renewal. Whoever has cancelled, or does not pay, cannot.
    async fn change_plan(
        &mut self,
        merchant: &Merchant,
        live: &Subscription,
        day: i64,
    ) -> Result<Vec<(i64, Deed)>, Failure> {
        let Some(larger) = larger_than(self.plan) else { return Ok(Vec::new()) };
        let [small, large] = [merchant.product(self.plan).await.id, merchant.product(larger).await.id];
        let grows = live.product_id == small;
        let command = ChangePlan {
            project: merchant.project(),
            subscription: live.id,
            plan: if grows { large } else { small },
            requested: None,
            agreed: None,
            request: None,
        };
        match Box::pin(change_plan(merchant.app(), command)).await {
            // The card was declined.
            Ok(change) if change.state == SubscriptionChangeState::Failed => Ok(Vec::new()),
            Ok(_) => {
                self.changes += 1;
                let again = Deed::ChangePlan { purchase: self.purchases };
                Ok(if grows { vec![(day + ENOUGH_AFTER, again)] } else { Vec::new() })
            }
            Err(ChangePlanError::Choice(ChoiceError::NotNow)) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// What happens in the year that begins.
    fn plan_year(&self, day: i64) -> Vec<(i64, Deed)> {
        let purchase = self.purchases;
        let mut chance = Chance::of(self.number, purchase, day);
        let fate = chance.below(100);
        let some_day = day + i64::from(chance.below(360));
        let mut year = vec![(day + 365, Deed::Year { purchase })];
        if fate < CARDS_THAT_FAIL {
            let recovers = chance.below(100) < CARDS_THAT_ARE_REPLACED;
            year.push((some_day, Deed::BreakCard { purchase, recovers }));
        } else if fate < CARDS_THAT_FAIL + CANCELLATIONS {
            year.push((some_day, Deed::Cancel { purchase, changes_mind: chance.below(2) == 0 }));
        } else if fate < CARDS_THAT_FAIL + CANCELLATIONS + CHANGES_OF_PLAN {
            year.push((some_day, Deed::ChangePlan { purchase }));
        }
        year
    }

    /// The subscription they have. If a period of it is over, they come once Stripe has done what is due, and see it as our
    /// pages would show it: news of today may still be on its way, and what they do should not depend on how far it is.
    async fn live(&self, today: &mut Today) -> Result<Option<Subscription>, Failure> {
        let merchant = Arc::clone(&today.merchant);
        let (project, customer) = (merchant.project(), self.customer);
        let filter = SubscriptionFilter { customer: Some(customer), ..SubscriptionFilter::default() };
        let newest = PageRequest { after: None, before: None, limit: 1 };
        let page = merchant.app().read(move |_, tx| tx.subscriptions(project).page(&filter, newest)).await?;
        let Some(known) = page.items.into_iter().find(Subscription::is_live) else { return Ok(None) };
        if known.awaits_renewal(merchant.app().now()) {
            today.wait_for_renewals().await;
        }
        let now = Box::pin(find_up_to_date(merchant.app(), project, known.id)).await?;
        Ok(Some(now).filter(Subscription::is_live))
    }
}

/// Notes when each of them comes: one after the other in the first year, or in the first seventh of a shorter history.
pub(super) fn enter_all(diary: &mut Diary, extent: Extent) {
    let last_day = usize::try_from(extent.days / 7).unwrap_or_default().min(365);
    for number in 0..extent.subscribers {
        let day = i64::try_from(number * last_day / extent.subscribers).unwrap_or_default();
        diary.note(day, number, Deed::Buy);
    }
}

fn plan_of(number: usize) -> &'static str {
    // Spread over the hundred, so that a small number of subscribers has every term as well.
    let mut place = number * 37 % 100;
    for (plan, share) in TERMS {
        if place < share {
            return plan;
        }
        place -= share;
    }
    "monthly"
}

/// The plan that gives more for more.
fn larger_than(plan: &str) -> Option<&'static str> {
    match plan {
        "monthly" => Some("monthly-large"),
        "yearly" => Some("yearly-large"),
        _ => None,
    }
}

/// Days until the period is over.
fn days_left(merchant: &Merchant, live: &Subscription) -> Result<i64, Failure> {
    let end = live.current_period.and_then(|period| period.end);
    let end = end.ok_or_else(|| failure(format!("{} has no end of its period", live.id)))?;
    Ok(end.duration_since(merchant.app().now()).as_hours().div_euclid(24) + 1)
}

/// Another card pays for the subscription from now on, as by Stripe's own portal.
async fn change_card(stripe: &Stripe, live: &Subscription, card: &str) -> Result<(), Failure> {
    let Some(id) = &live.stripe_subscription_id else { return Ok(()) };
    let path = format!("/v1/subscriptions/{id}");
    let found = stripe.get(&path).await?;
    let customer = found["customer"].as_str().unwrap_or_default();
    let attached =
        stripe.post(&format!("/v1/payment_methods/{card}/attach"), format!("customer={customer}")).await?;
    let method = attached["id"].as_str().unwrap_or_default();
    stripe.post(&path, format!("default_payment_method={method}")).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;
    use jiff::SignedDuration;
    use perennial_testkit::MerchantOptions;
    use tokio::sync::watch;

    use super::super::CATALOG;
    use super::super::hearing::Hearing;
    use super::*;

    /// Ada, who has just bought something that is charged monthly, and nobody has heard of it yet.
    async fn ada_buys(renewed: watch::Receiver<()>) -> (Subscriber, Today) {
        let merchant = Arc::new(
            Merchant::with(MerchantOptions { catalog: CATALOG, ..MerchantOptions::default() }).await,
        );
        let stripe = Arc::new(Stripe::of(&merchant.sandbox));
        let mut today = Today { day: 0, merchant, stripe, renewed };
        let mut ada = Subscriber::enter(&today.merchant, 1).await;
        ada.plan = "monthly";
        assert_eq!(ada.act(Deed::Buy, &mut today).await.unwrap(), [(1, YEAR)]);
        (ada, today)
    }

    async fn hear(today: &Today) {
        Hearing::of(Arc::clone(&today.merchant)).hear().await.unwrap();
    }

    const YEAR: Deed = Deed::Year { purchase: 1 };
    const BREAK_CARD: Deed = Deed::BreakCard { purchase: 1, recovers: true };

    #[tokio::test]
    async fn whoever_comes_before_the_news_finds_what_is_true() {
        let (goes_on, renewed) = watch::channel(());
        let (mut ada, mut today) = ada_buys(renewed).await;
        hear(&today).await;
        let cancel = Deed::Cancel { purchase: 1, changes_mind: true };
        ada.act(cancel, &mut today).await.unwrap();

        let merchant = Arc::clone(&today.merchant);
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
        merchant.sandbox.tick().await.unwrap();
        drop(goes_on);
        today.day = 32;
        assert!(merchant.only_subscription().await.is_live(), "nobody has heard of the end");

        assert_eq!(ada.act(BREAK_CARD, &mut today).await.unwrap(), []);
        let resumed = ada.act(Deed::Resume, &mut today).await.unwrap();
        assert_eq!(resumed, [(32 + BACK_AFTER, Deed::Buy)]);
    }

    #[tokio::test]
    async fn whose_period_is_over_waits_until_stripe_has_renewed_it() {
        let (goes_on, renewed) = watch::channel(());
        let (mut ada, mut today) = ada_buys(renewed).await;
        hear(&today).await;
        let merchant = Arc::clone(&today.merchant);
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
        today.day = 32;
        let asked = merchant.line.hold("GET ");
        let acting = tokio::spawn(async move { ada.act(BREAK_CARD, &mut today).await });
        // These reads come after hers.
        for _ in 0..10 {
            assert!(merchant.only_subscription().await.is_live());
        }
        assert!(poll!(pin!(asked.arrived())).is_pending(), "she saw the period that is over");

        merchant.sandbox.tick().await.unwrap();
        drop(goes_on);
        asked.arrived().await;
        asked.release();
        let (mends_on, mend) = acting.await.unwrap().unwrap()[0];
        assert_eq!(mend, Deed::MendCard);
        // The next period is over a month after the first, and one of its days has gone by.
        assert!((32 + 28..=32 + 31 + MENDED_AFTER).contains(&mends_on), "{mends_on}");
    }

    #[tokio::test]
    async fn a_purchase_that_nobody_has_heard_of_yet_is_waited_for() {
        let (_goes_on, renewed) = watch::channel(());
        let (mut ada, mut today) = ada_buys(renewed).await;
        today.day = 1;
        assert_eq!(ada.act(YEAR, &mut today).await.unwrap(), [(2, YEAR)]);
        hear(&today).await;
        assert_ne!(ada.act(YEAR, &mut today).await.unwrap(), [(2, YEAR)]);
    }

    #[tokio::test]
    async fn a_purchase_that_nobody_finds_is_no_small_matter() {
        let (_goes_on, renewed) = watch::channel(());
        let (mut ada, mut today) = ada_buys(renewed).await;
        today.day = FOUND_AFTER;
        ada.act(YEAR, &mut today).await.unwrap_err();
    }

    #[test]
    fn a_hundred_subscribers_have_the_terms_that_are_printed() {
        for (plan, share) in TERMS {
            assert_eq!((0..100).filter(|number| plan_of(*number) == plan).count(), share, "{plan}");
        }
    }
}
