//! How a subscription stands, from the core's rows into what pages show.

use perennial_core::store::tables::SubscriptionView;
use perennial_domain::{SubscriptionState, Term};

use crate::pages::manage::{NextPayment, OpenPayment, Standing};
use crate::routes::offer::date_of;

/// What will be charged next, if it goes on and costs something.
pub(super) fn next_payment(view: &SubscriptionView) -> Option<NextPayment> {
    let end = view.subscription.current_period.and_then(|period| period.end)?;
    match view.subscription.term {
        Term::Recurring(every) if !view.price.amount.is_zero() => {
            Some(NextPayment { amount: view.price.amount, every, on: date_of(end) })
        }
        _ => None,
    }
}

/// How it stands.
pub(super) fn standing_of(view: &SubscriptionView) -> Standing {
    let subscription = &view.subscription;
    let end = subscription.ended_at.map(date_of);
    match (subscription.state, end) {
        (SubscriptionState::Pending, _) => Standing::Pending,
        (SubscriptionState::Paused, _) => Standing::Paused,
        (SubscriptionState::Ended, Some(on)) => Standing::Ended { on },
        (SubscriptionState::PastDue | SubscriptionState::Restricted, _) => past_due(view),
        (_, Some(until)) if subscription.canceled_at.is_some() => Standing::Canceled { until },
        (_, until) if !subscription.term.renews() => match subscription.term {
            Term::Lifetime => Standing::Lifetime,
            _ => Standing::FixedTerm { until },
        },
        _ => next_payment(view).map_or(Standing::Free, Standing::Renews),
    }
}

/// Stripe tries again by itself; when, only Stripe knows.
fn past_due(view: &SubscriptionView) -> Standing {
    let since = view
        .subscription
        .current_period
        .and_then(|period| period.end)
        .unwrap_or(view.subscription.created_at);
    Standing::PastDue(OpenPayment {
        amount: view.price.amount,
        failed_on: date_of(since),
        next_try: None,
        is_usable: view.subscription.state == SubscriptionState::PastDue,
    })
}
