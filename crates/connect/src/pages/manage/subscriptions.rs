//! All subscriptions of a customer at a glance.

use super::samples::{self, LONG_NAME};
use super::standing::Standing;
use crate::pages::page;

/// One card per subscription, each leading to its details.
#[derive(Debug, Clone)]
pub struct SubscriptionsPage {
    /// The subscriptions, those that run first.
    pub subscriptions: Vec<SubscriptionCard>,
}

/// A subscription at a glance.
#[derive(Debug, Clone)]
pub struct SubscriptionCard {
    /// The path of its details.
    pub path: String,
    /// The plan's name.
    pub plan: String,
    /// The phone number, when there is one: it tells two of the same plan apart.
    pub phone_number: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

page!(SubscriptionsPage, "pages/manage/subscriptions.html", {
    let card = |plan: &str, standing| SubscriptionCard {
        path: "/manage/sub_1".to_owned(),
        plan: plan.to_owned(),
        phone_number: Some("+49 1579 0000123".to_owned()),
        standing,
    };
    let some = vec![
        card("Heron 12", Standing::Renews(samples::next(1450))),
        card("Tablet <2>", Standing::Canceled { until: samples::TERM_END }),
        card("Swift Week", Standing::PastDue(samples::open_payment())),
        SubscriptionCard { phone_number: None, ..card(LONG_NAME, Standing::Lifetime) },
        card("أنفا 12", Standing::Ended { on: samples::TODAY }),
    ];
    vec![Self { subscriptions: some }, Self { subscriptions: Vec::new() }]
});
