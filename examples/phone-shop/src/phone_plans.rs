//! What a customer has, and what can be done with it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use perennial_client::{
    Addon, AddonFilter, AddonId, Client, Error, Paging, PlanType, Subscription, SubscriptionFilter,
    SubscriptionId, SubscriptionStatus, UserId,
};

use crate::customer::Customer;
use crate::outcome::{self, Alert, Callback};
use crate::problem::{Problem, explain, log, status};
use crate::{Shop, visits, words};

#[derive(Template)]
#[template(path = "phone_plans.html")]
struct PhonePlansPage {
    customer: Option<Customer>,
    alerts: Vec<Alert>,
    /// `None` when the API could not be asked.
    plans: Option<Vec<OwnedPlan>>,
}

/// A subscription, in the words of this shop.
struct OwnedPlan {
    subscription: SubscriptionId,
    name: String,
    price: String,
    term: String,
    allowances: Vec<String>,
    number: Option<String>,
    /// What happens next, and when.
    outlook: String,
    addons: Vec<AddonOffer>,
    is_active: bool,
    can_cancel: bool,
}

struct AddonOffer {
    addon: AddonId,
    name: String,
    allowances: Vec<String>,
    price: String,
}

pub(crate) async fn page(
    State(shop): State<Shop>,
    customer: Customer,
    Query(callback): Query<Callback>,
) -> Result<Response, Problem> {
    let mut alerts = Vec::from_iter(outcome::of(&shop.client, &callback).await);
    let mut code = StatusCode::OK;
    let plans = match owned_plans(&shop.client, &customer).await {
        Ok(plans) => Some(plans),
        Err(error) => {
            log(&error, "could not list a customer's subscriptions");
            code = status(&error);
            alerts.push(Alert::error(explain(&error)));
            None
        }
    };
    let page = PhonePlansPage { customer: Some(customer), alerts, plans };
    Ok((code, Html(page.render()?)).into_response())
}

async fn owned_plans(client: &Client, customer: &Customer) -> Result<Vec<OwnedPlan>, Error> {
    let Some(user) = visits::find_user(client, customer).await? else {
        return Ok(Vec::new());
    };
    let subscriptions = running_subscriptions(client, user.id).await?;
    let addons = addons_by_provider(client, &subscriptions).await?;
    Ok(subscriptions
        .into_iter()
        .map(|subscription| {
            let addons = addons.get(&subscription.plan.provider).map_or(&[][..], Vec::as_slice);
            OwnedPlan::of(subscription, addons)
        })
        .collect())
}

/// Active ones, and those the network has not confirmed yet: who has just paid should see it.
async fn running_subscriptions(client: &Client, user: UserId) -> Result<Vec<Subscription>, Error> {
    let filter = SubscriptionFilter {
        user: Some(user),
        status: vec![SubscriptionStatus::Active, SubscriptionStatus::Pending],
        paging: Paging { limit: Some(50), cursor: None },
        ..SubscriptionFilter::default()
    };
    let mut page = client.subscriptions().list(&filter).await?;
    let mut subscriptions = std::mem::take(&mut page.items);
    while let Some(next) = page.next_page().await? {
        page = next;
        subscriptions.append(&mut page.items);
    }
    Ok(subscriptions)
}

/// What is on sale for each network that `subscriptions` use.
async fn addons_by_provider(
    client: &Client,
    subscriptions: &[Subscription],
) -> Result<BTreeMap<String, Vec<Addon>>, Error> {
    let mut addons = BTreeMap::new();
    for Subscription { plan, .. } in subscriptions {
        if !addons.contains_key(&plan.provider) {
            let filter = AddonFilter {
                provider: Some(plan.provider.clone()),
                paging: Paging { limit: Some(50), cursor: None },
                ..AddonFilter::default()
            };
            addons.insert(plan.provider.clone(), client.addons().list(&filter).await?.items);
        }
    }
    Ok(addons)
}

impl OwnedPlan {
    fn of(subscription: Subscription, addons: &[Addon]) -> Self {
        let is_active = subscription.status == SubscriptionStatus::Active;
        let renews = subscription.plan.validity.plan_type == PlanType::Recurring;
        let outlook = outlook(&subscription, renews);
        let is_ending = subscription.is_ending();
        let plan = subscription.plan;
        let fitting = addons.iter().filter(|addon| addon.plans.is_empty() || addon.plans.contains(&plan.id));
        Self {
            addons: fitting.map(AddonOffer::of).collect(),
            price: words::price(&plan.price),
            term: words::term(&plan.price, &plan.validity),
            allowances: words::allowances(&plan.allowances),
            name: plan.name,
            subscription: subscription.id,
            number: subscription.phone_number,
            outlook,
            is_active,
            can_cancel: renews && !is_ending,
        }
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

fn outlook(subscription: &Subscription, renews: bool) -> String {
    if subscription.status == SubscriptionStatus::Pending {
        return "Being set up. This can take a few minutes.".to_owned();
    }
    let period_end = subscription.current_period.as_ref().map(|period| period.end);
    match (subscription.ended_at, period_end) {
        (Some(end), _) => format!("Ends on {}", words::date(end)),
        (None, Some(end)) if renews => format!("Renews on {}", words::date(end)),
        (None, Some(end)) => format!("Runs until {}", words::date(end)),
        (None, None) => "Active".to_owned(),
    }
}
