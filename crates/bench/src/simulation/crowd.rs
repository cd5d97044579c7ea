//! All subscribers, and what they do on a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use perennial_testkit::Merchant;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::diary::{Deed, Diary};
use super::people::{self, Subscriber};
use super::stripe::Stripe;
use super::{AT_ONCE, Extent};
use crate::failure::Failure;

/// Subscribers, and what each of them will do.
pub(super) struct Crowd {
    merchant: Arc<Merchant>,
    stripe: Arc<Stripe>,
    diary: Diary,
    /// By number; nobody is there before their first purchase.
    subscribers: Vec<Option<Subscriber>>,
    busy: Duration,
}

impl Crowd {
    pub(super) fn of(merchant: Arc<Merchant>, extent: Extent) -> Self {
        let mut diary = Diary::default();
        people::enter_all(&mut diary, extent);
        Self {
            stripe: Arc::new(Stripe::of(&merchant.sandbox)),
            merchant,
            diary,
            subscribers: (0..extent.subscribers).map(|_| None).collect(),
            busy: Duration::ZERO,
        }
    }

    /// Stripe as they reach it.
    pub(super) fn stripe(&self) -> &Arc<Stripe> {
        &self.stripe
    }

    /// How long they did something.
    pub(super) const fn busy(&self) -> Duration {
        self.busy
    }

    /// How often they have bought, and changed what they had.
    pub(super) fn purchases_and_changes(&self) -> (u64, u64) {
        let known = || self.subscribers.iter().flatten();
        (known().map(Subscriber::purchases).sum(), known().map(Subscriber::changes).sum())
    }

    /// Everybody does what they do on that day, one deed after the other, at the same time as the others. Whose period is over
    /// waits until `renewed` is at its end: Stripe has done then what is due.
    pub(super) async fn live_through(
        &mut self,
        day: i64,
        renewed: &watch::Receiver<()>,
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut deeds = BTreeMap::<usize, Vec<Deed>>::new();
        for (number, deed) in self.diary.take_until(day) {
            deeds.entry(number).or_default().push(deed);
        }
        let mut waiting = deeds.into_iter();
        // Whoever still acts when somebody fails is stopped with it.
        let mut acting = JoinSet::new();
        let mut done = Vec::new();
        loop {
            for (number, deeds) in waiting.by_ref().take(AT_ONCE - acting.len()) {
                let known = self.subscribers[number].take();
                let (merchant, stripe) = (Arc::clone(&self.merchant), Arc::clone(&self.stripe));
                let today = Today { day, merchant, stripe, renewed: renewed.clone() };
                acting.spawn(spend_day(number, known, deeds, today));
            }
            let Some(spent) = acting.join_next().await else { break };
            done.push(spent??);
        }
        // By number, whoever was done first: the diary is to be the same each time.
        done.sort_by_key(|(number, ..)| *number);
        for (number, subscriber, next) in done {
            for (day, deed) in next {
                self.diary.note(day, number, deed);
            }
            self.subscribers[number] = Some(subscriber);
        }
        self.busy += begun.elapsed();
        Ok(())
    }
}

/// A day as somebody meets it.
pub(super) struct Today {
    pub(super) day: i64,
    pub(super) merchant: Arc<Merchant>,
    pub(super) stripe: Arc<Stripe>,
    /// Whose other end is gone once Stripe has done what is due today.
    pub(super) renewed: watch::Receiver<()>,
}

impl Today {
    /// Waits until Stripe has done what is due today.
    pub(super) async fn wait_for_renewals(&mut self) {
        while self.renewed.changed().await.is_ok() {}
    }
}

/// Somebody's day. Answers what they will do later.
async fn spend_day(
    number: usize,
    known: Option<Subscriber>,
    deeds: Vec<Deed>,
    mut today: Today,
) -> Result<(usize, Subscriber, Vec<(i64, Deed)>), Failure> {
    let mut subscriber = match known {
        Some(subscriber) => subscriber,
        None => Subscriber::enter(&today.merchant, number).await,
    };
    let mut next = Vec::new();
    for deed in deeds {
        next.extend(subscriber.act(deed, &mut today).await?);
    }
    Ok((number, subscriber, next))
}
