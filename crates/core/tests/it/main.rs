//! The core's use cases against a real database and the Stripe sandbox, all in one process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

mod addons;
mod addons_beside;
mod addons_together;
mod between_payments;
mod buying;
mod cancelling;
mod card_pages;
mod cards;
mod catalog;
mod changing;
mod changing_when;
mod charging;
mod charging_late;
mod confirming_changes;
mod disputes;
mod due_changes;
mod dunning;
mod first_payments;
mod first_payments_away;
mod forgetting;
mod histories;
mod late_money;
mod laws;
mod long_terms;
mod mails;
mod money_back;
mod organization_mails;
mod outages;
mod people;
mod periods;
mod projects;
mod receivers;
mod renewals;
mod replacing;
mod rounds;
mod succession;
mod sweeping;
mod sweeps;
mod to_free;
mod told;
mod truth;
mod turning;
mod webhooks;
mod webhooks_out;
