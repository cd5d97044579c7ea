//! Paid, but not yet confirmed.

use crate::pages::page;

/// Tells the customer that their payment is being confirmed, and moves on by itself.
///
/// The wait is ours, not theirs: the page loads again after growing pauses, then gives a reference and stops.
#[derive(Debug, Clone)]
pub struct ConfirmingPage {
    /// The plan's name.
    pub plan: String,
    /// How far the wait has come.
    pub state: Confirming,
}

/// How far the wait for a confirmation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirming {
    /// Look again soon.
    Waiting {
        /// The path that looks again.
        next_path: String,
        /// How long to wait before that; see [`ConfirmingPage::pause_seconds`].
        pause_seconds: u32,
    },
    /// It takes unusually long; the customer need not stay.
    Slow {
        /// What to name when asking us about it.
        reference: String,
        /// The path that looks again.
        next_path: String,
    },
}

impl ConfirmingPage {
    /// How long to wait after `attempt` (from 0) looks, or `None` after about a minute: then the page stops by itself.
    pub fn pause_seconds(attempt: u32) -> Option<u32> {
        const PAUSES: [u32; 6] = [2, 3, 5, 8, 13, 21];
        PAUSES.get(usize::try_from(attempt).ok()?).copied()
    }
}

page!(ConfirmingPage, "pages/checkout/confirming.html", {
    let next_path = || "/checkout/confirm?attempt=1".to_owned();
    let plan = || "Heron 12".to_owned();
    vec![
        Self { plan: plan(), state: Confirming::Waiting { next_path: next_path(), pause_seconds: 3 } },
        Self {
            plan: plan(),
            state: Confirming::Slow { reference: "PAY-7K2M-94QD".to_owned(), next_path: next_path() },
        },
    ]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (0..).map_while(ConfirmingPage::pause_seconds).collect();
        assert!(pauses.is_sorted() && pauses.iter().sum::<u32>() <= 60);
    }
}
