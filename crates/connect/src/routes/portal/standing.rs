//! How a subscription stands, from the core's rows into what pages show.

use perennial_core::ports::NextCharge;
use perennial_core::store::tables::SubscriptionView;
use perennial_domain::{Payment, SubscriptionState, Term};

use crate::pages::manage::{NextPayment, OpenPayment, Standing};
use crate::routes::offer::date_of;

/// What will be charged next, as pages write it.
pub(super) fn next_payment(charge: &NextCharge) -> NextPayment {
    NextPayment { amount: charge.amount, every: charge.every, on: date_of(charge.at) }
}

/// What the plan alone costs, if it goes on and costs something.
pub(super) fn plan_price(view: &SubscriptionView) -> Option<NextPayment> {
    let end = view.subscription.current_period.and_then(|period| period.end)?;
    match view.subscription.term {
        Term::Recurring(every) if !view.price.amount.is_zero() => {
            Some(NextPayment { amount: view.price.amount, every, on: date_of(end) })
        }
        _ => None,
    }
}

/// How it stands; `next` is what is charged next, `owed` the oldest payment for it that did not come yet.
pub(super) fn standing_of(
    view: &SubscriptionView,
    next: Option<&NextCharge>,
    owed: Option<&Payment>,
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
        _ => next.map_or(Standing::Free, |next| Standing::Renews(next_payment(next))),
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
