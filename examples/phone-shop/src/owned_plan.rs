//! A plan that a customer has, in the words of this shop, and the buttons beside it.

use perennial_client::{
    Addon, AddonId, PlanType, RecurrenceType, Subscription, SubscriptionAddon, SubscriptionId,
    SubscriptionStatus,
};

use crate::words;

/// A subscription, as the page shows it.
pub(crate) struct OwnedPlan {
    pub(crate) subscription: SubscriptionId,
    pub(crate) name: String,
    pub(crate) price: String,
    pub(crate) term: String,
    pub(crate) allowances: Vec<String>,
    pub(crate) number: Option<String>,
    /// What happens next, and when.
    pub(crate) outlook: String,
    pub(crate) addons: Vec<OwnedAddon>,
    /// The add-ons that fit.
    pub(crate) offers: Vec<AddonOffer>,
    pub(crate) buttons: Vec<Button>,
    /// Whether the network has confirmed it.
    pub(crate) is_running: bool,
}

/// An add-on that the plan has.
pub(crate) struct OwnedAddon {
    pub(crate) name: String,
    /// How long, if that is known.
    pub(crate) until: Option<String>,
}

/// An add-on that the plan could have.
pub(crate) struct AddonOffer {
    pub(crate) addon: AddonId,
    pub(crate) name: String,
    pub(crate) allowances: Vec<String>,
    pub(crate) price: String,
}

/// Something to do with the plan.
pub(crate) struct Button {
    /// Below `/phone-plans/`.
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
}

impl OwnedPlan {
    /// `on_sale` are the add-ons of its network, `owned` all that its customer has.
    pub(crate) fn of(subscription: Subscription, on_sale: &[Addon], owned: &[SubscriptionAddon]) -> Self {
        let outlook = outlook(&subscription);
        let buttons = buttons(&subscription);
        let is_active = subscription.status == SubscriptionStatus::Active;
        let addons = owned.iter().filter(|addon| addon.subscription == subscription.id);
        let plan = subscription.plan;
        let fits = |addon: &&Addon| addon.plans.is_empty() || addon.plans.contains(&plan.id);
        let offers = on_sale.iter().filter(|addon| is_active && fits(addon));
        Self {
            addons: addons.map(OwnedAddon::of).collect(),
            offers: offers.map(AddonOffer::of).collect(),
            price: words::price(&plan.price),
            term: words::term(&plan.price, &plan.validity),
            allowances: words::allowances(&plan.allowances),
            name: plan.name,
            number: subscription.phone_number,
            outlook,
            buttons,
            is_running: is_active || subscription.status == SubscriptionStatus::Restricted,
            subscription: subscription.id,
        }
    }
}

impl OwnedAddon {
    fn of(owned: &SubscriptionAddon) -> Self {
        let period_end = owned.current_period.as_ref().map(|period| period.end);
        let renews = owned.addon.recurrence_type == RecurrenceType::Recurring;
        let until = match (owned.ended_at, period_end) {
            (None, Some(end)) if renews => Some(format!("renews on {}", words::date(end))),
            (Some(end), _) | (None, Some(end)) => Some(format!("until {}", words::date(end))),
            (None, None) => None,
        };
        Self { name: owned.addon.name.clone(), until }
    }
}

impl AddonOffer {
    fn of(addon: &Addon) -> Self {
        Self {
            addon: addon.id.clone(),
            name: addon.name.clone(),
            allowances: words::allowances(&addon.allowances),
            price: words::price(&addon.price),
        }
    }
}

/// What makes sense for it. Should that have changed meanwhile, the hosted pages say so.
fn buttons(subscription: &Subscription) -> Vec<Button> {
    const DETAILS: Button = Button { path: "details", label: "Details" };
    const CHANGE: Button = Button { path: "change", label: "Change plan" };
    const CANCEL: Button = Button { path: "cancel", label: "Cancel plan" };
    const RESUME: Button = Button { path: "resume", label: "Undo cancellation" };
    match (renews(subscription), subscription.is_ending()) {
        (_, true) => vec![RESUME, DETAILS],
        (true, false) => vec![CHANGE, CANCEL, DETAILS],
        (false, false) => vec![DETAILS],
    }
}

fn renews(subscription: &Subscription) -> bool {
    subscription.plan.validity.plan_type == PlanType::Recurring
}

fn outlook(subscription: &Subscription) -> String {
    let period_end = subscription.current_period.as_ref().map(|period| period.end);
    match (&subscription.status, subscription.ended_at, period_end) {
        (SubscriptionStatus::Pending, _, _) => "Being set up. This can take a few minutes.".to_owned(),
        (SubscriptionStatus::Restricted, _, _) => "On hold, because a payment is open".to_owned(),
        (_, Some(end), _) => format!("Ends on {}", words::date(end)),
        (_, None, Some(end)) if renews(subscription) => format!("Renews on {}", words::date(end)),
        (_, None, Some(end)) => format!("Runs until {}", words::date(end)),
        (_, None, None) => "Active".to_owned(),
    }
}
