//! How a subscription stands, from the core's rows into what pages show.

use jiff::Timestamp;
use perennial_core::ports::NextCharge;
use perennial_core::store::tables::SubscriptionView;
use perennial_domain::{Money, Payment, SubscriptionState, Term};

use crate::from_core::date_of;
use crate::pages::manage::{NextPayment, OpenPayment, Standing};

/// What the plan alone costs, if it goes on and costs something.
pub(super) fn plan_price(view: &SubscriptionView, now: Timestamp) -> Option<NextPayment> {
    let at = view.subscription.charged_next_at(now)?;
    match view.subscription.term {
        Term::Recurring(every) if !view.price.amount.is_zero() => {
            Some(NextPayment { amount: view.price.amount, every, on: date_of(at) })
        }
        _ => None,
    }
}

/// How it stands; `next` is what is charged next, `owed` the oldest payment for it that did not come yet.
pub(super) fn standing_of(
    view: &SubscriptionView,
    next: Option<&NextCharge>,
    owed: Option<&Payment>,
    now: Timestamp,
) -> Standing {
    let subscription = &view.subscription;
    let end = subscription.ended_at.map(date_of);
    match (subscription.state, end) {
        (SubscriptionState::Pending, _) => Standing::Pending,
        (SubscriptionState::Paused, _) => Standing::Paused,
        (SubscriptionState::Ended, Some(on)) => Standing::Ended { on },
        (SubscriptionState::PastDue | SubscriptionState::Restricted, _) => past_due(view, owed),
        (_, Some(until)) if subscription.canceled_at.is_some() => Standing::Canceled { until },
        (_, until) if !subscription.term.renews() => match subscription.term {
            Term::Lifetime => Standing::Lifetime,
            _ => Standing::FixedTerm { until },
        },
        _ => renewal_of(view, next, now),
    }
}

/// A plan that costs something is not free because its next period is: a voucher pays for that, or a free plan follows.
fn renewal_of(view: &SubscriptionView, next: Option<&NextCharge>, now: Timestamp) -> Standing {
    match (next, plan_price(view, now)) {
        (Some(next), _) => Standing::Renews((*next).into()),
        (None, Some(priced)) => {
            let amount = Money::zero(priced.amount.currency);
            Standing::Renews(NextPayment { amount, ..priced })
        }
        (None, None) => Standing::Free,
    }
}

/// What is owed. On a list, where that is not looked up, it is what the renewal costs.
fn past_due(view: &SubscriptionView, owed: Option<&Payment>) -> Standing {
    let subscription = &view.subscription;
    let since = subscription.arrears.map_or(subscription.created_at, |arrears| arrears.since);
    Standing::PastDue(OpenPayment {
        amount: owed.map_or(view.price.amount, |owed| owed.amount),
        failed_on: date_of(since),
        next_try: owed.and_then(|owed| owed.attempts.next_at).map(date_of),
        is_usable: subscription.state == SubscriptionState::PastDue,
    })
}
