//! What random histories may leave out: each of these holds what its name says, and ends so.

use super::{DAY, FAILS, PAYS, Post, Step};

/// A history with a name, and the plan, status and renewal with which it ends.
pub(super) struct Named {
    pub(super) kind: &'static str,
    pub(super) history: &'static [(Step, Post)],
    pub(super) told: (&'static str, &'static str, bool),
}

const fn heard(step: Step) -> (Step, Post) {
    (step, Post::Comes)
}

const fn unheard(step: Step) -> (Step, Post) {
    (step, Post::IsLost)
}

const HARBOR: (Step, Post) = heard(Step::Buy("Harbor", "MONTHLY"));
const DINGHY: (Step, Post) = heard(Step::Buy("Dinghy", "MONTHLY"));
const LIFETIME: (Step, Post) = heard(Step::Buy("Harbor", "ALL_TIME"));
const MONTH: (Step, Post) = heard(Step::Pass(32 * DAY));

pub(super) const HISTORIES: [Named; 20] = [
    Named {
        kind: "paid, not told of, and bought again",
        history: &[unheard(Step::Buy("Harbor", "MONTHLY")), HARBOR, heard(Step::Return)],
        told: ("Harbor", "ACTIVE", true),
    },
    Named { kind: "renewed", history: &[HARBOR, MONTH], told: ("Harbor", "ACTIVE", true) },
    Named {
        kind: "a renewal that nobody told of",
        history: &[HARBOR, unheard(Step::Pass(33 * DAY))],
        told: ("Harbor", "EXPIRED", false),
    },
    Named {
        kind: "and that the sweep found",
        history: &[HARBOR, unheard(Step::Pass(33 * DAY)), unheard(Step::Sweep)],
        told: ("Harbor", "ACTIVE", true),
    },
    Named {
        kind: "a renewal that failed",
        history: &[HARBOR, heard(Step::UseCard(FAILS)), MONTH, heard(Step::Pass(26))],
        told: ("Harbor", "EXPIRED", false),
    },
    Named {
        kind: "and that was paid in the end",
        history: &[
            HARBOR,
            heard(Step::UseCard(FAILS)),
            MONTH,
            heard(Step::UseCard(PAYS)),
            (Step::Pass(16 * DAY), Post::ComesTwiceAndBackwards),
        ],
        told: ("Harbor", "ACTIVE", true),
    },
    Named {
        kind: "and that was given up",
        history: &[HARBOR, heard(Step::UseCard(FAILS)), MONTH, heard(Step::Pass(16 * DAY))],
        told: ("Harbor", "CANCELLED", false),
    },
    Named {
        kind: "cancelled and resumed at Stripe",
        history: &[HARBOR, heard(Step::CancelAtStripe), heard(Step::ResumeAtStripe)],
        told: ("Harbor", "ACTIVE", true),
    },
    Named {
        kind: "cancelled and used up",
        history: &[HARBOR, heard(Step::Cancel("period_end")), unheard(Step::Pass(32 * DAY))],
        told: ("Harbor", "CANCELLED", false),
    },
    Named {
        kind: "bought and renewed before anybody told of it",
        history: &[
            unheard(Step::Buy("Harbor", "MONTHLY")),
            unheard(Step::Pass(33 * DAY)),
            heard(Step::Sweep),
        ],
        told: ("Harbor", "ACTIVE", true),
    },
    Named {
        kind: "bought, and its renewal failed, before anybody told of it",
        history: &[
            unheard(Step::Buy("Harbor", "MONTHLY")),
            unheard(Step::UseCard(FAILS)),
            unheard(Step::Pass(33 * DAY)),
            heard(Step::Return),
        ],
        told: ("Harbor", "EXPIRED", false),
    },
    Named {
        kind: "cancelled at Stripe while a renewal is owed",
        history: &[
            HARBOR,
            heard(Step::UseCard(FAILS)),
            heard(Step::Pass(33 * DAY)),
            heard(Step::CancelAtStripe),
        ],
        told: ("Harbor", "CANCELLED", false),
    },
    Named {
        kind: "resumed at Stripe, which nobody told of, and given up",
        history: &[
            heard(Step::Buy("Fleet", "DAILY")),
            heard(Step::UseCard(FAILS)),
            heard(Step::CancelAtStripe),
            unheard(Step::ResumeAtStripe),
            heard(Step::Pass(16 * DAY)),
        ],
        told: ("Fleet", "CANCELLED", false),
    },
    Named {
        kind: "ended at once after renewals that nobody told of",
        history: &[
            heard(Step::Buy("Fleet", "DAILY")),
            unheard(Step::Pass(33 * DAY)),
            heard(Step::Cancel("immediate")),
        ],
        told: ("Fleet", "CANCELLED", false),
    },
    Named {
        kind: "another plan",
        history: &[HARBOR, heard(Step::Buy("Fleet", "YEARLY"))],
        told: ("Fleet", "ACTIVE", true),
    },
    Named {
        kind: "a free plan after a paid one",
        history: &[HARBOR, DINGHY, MONTH],
        told: ("Dinghy", "ACTIVE", true),
    },
    Named {
        kind: "a free plan that is taken back",
        history: &[HARBOR, DINGHY, HARBOR, MONTH],
        told: ("Harbor", "ACTIVE", true),
    },
    Named {
        kind: "for life",
        history: &[LIFETIME, heard(Step::Pass(400 * DAY))],
        told: ("Harbor", "ACTIVE", false),
    },
    Named {
        kind: "for life, and given back",
        history: &[LIFETIME, heard(Step::GiveBack)],
        told: ("Harbor", "CANCELLED", false),
    },
    Named {
        kind: "a month that is given back",
        history: &[HARBOR, heard(Step::GiveBack)],
        told: ("Harbor", "ACTIVE", true),
    },
];
