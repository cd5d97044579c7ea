//! All subscribers, and what they do on a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use perennial_testkit::Merchant;

use super::diary::{Deed, Diary};
use super::people::{self, Subscriber};
use super::stripe::Stripe;
use super::{AT_ONCE, Extent};
use crate::failure::Failure;

/// Subscribers, and what each of them will do.
pub(super) struct Crowd {
    merchant: Arc<Merchant>,
    stripe: Stripe,
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
            stripe: Stripe::of(&merchant.sandbox),
            merchant,
            diary,
            subscribers: (0..extent.subscribers).map(|_| None).collect(),
            busy: Duration::ZERO,
        }
    }

    /// Stripe as they reach it.
    pub(super) const fn stripe(&self) -> &Stripe {
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

    /// Everybody does what they do on that day, one deed after the other, at the same time as the others.
    pub(super) async fn live_through(&mut self, day: i64) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut deeds = BTreeMap::<usize, Vec<Deed>>::new();
        for (number, deed) in self.diary.take_until(day) {
            deeds.entry(number).or_default().push(deed);
        }
        let known = deeds.into_iter().map(|(number, deeds)| (number, self.subscribers[number].take(), deeds));
        let known = known.collect::<Vec<_>>();
        let (merchant, stripe) = (&*self.merchant, &self.stripe);
        let done = stream::iter(known)
            .map(async |(number, known, deeds)| {
                let mut subscriber = match known {
                    Some(subscriber) => subscriber,
                    None => Subscriber::enter(merchant, number).await,
                };
                let mut next = Vec::new();
                for deed in deeds {
                    next.extend(subscriber.act(deed, merchant, stripe, day).await?);
                }
                Ok::<_, Failure>((number, subscriber, next))
            })
            .buffered(AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
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
