//! What a customer has, and what can be done with it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use perennial_client::{
    Addon, AddonFilter, Client, Error, Paging, Subscription, SubscriptionAddon, SubscriptionAddonFilter,
    SubscriptionAddonStatus, SubscriptionFilter, SubscriptionStatus, UserId,
};

use crate::customer::Customer;
use crate::outcome::{self, Alert, Callback};
use crate::owned_plan::OwnedPlan;
use crate::problem::{Problem, explain, log, status};
use crate::{Shop, visits};

#[derive(Template)]
#[template(path = "phone_plans.html")]
struct PhonePlansPage {
    customer: Option<Customer>,
    alerts: Vec<Alert>,
    /// `None` when the API could not be asked.
    plans: Option<Vec<OwnedPlan>>,
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
    let subscriptions = running_subscriptions(client, user.id.clone()).await?;
    if subscriptions.is_empty() {
        return Ok(Vec::new());
    }
    let on_sale = addons_by_provider(client, &subscriptions).await?;
    let owned = owned_addons(client, user.id).await?;
    let plans = subscriptions.into_iter().map(|subscription| {
        let on_sale = on_sale.get(&subscription.plan.provider).map_or(&[][..], Vec::as_slice);
        OwnedPlan::of(subscription, on_sale, &owned)
    });
    Ok(plans.collect())
}

/// Active ones, those on hold until a payment arrives, and those the network has not confirmed yet: who has just paid
/// should see it.
async fn running_subscriptions(client: &Client, user: UserId) -> Result<Vec<Subscription>, Error> {
    let filter = SubscriptionFilter {
        user: Some(user),
        status: vec![SubscriptionStatus::Active, SubscriptionStatus::Restricted, SubscriptionStatus::Pending],
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

/// The add-ons that the user has, for whichever plan. One page is enough for a page of plans.
async fn owned_addons(client: &Client, user: UserId) -> Result<Vec<SubscriptionAddon>, Error> {
    let filter = SubscriptionAddonFilter {
        user: Some(user),
        status: vec![SubscriptionAddonStatus::Active, SubscriptionAddonStatus::Pending],
        paging: Paging { limit: Some(50), cursor: None },
        ..SubscriptionAddonFilter::default()
    };
    Ok(client.subscription_addons().list(&filter).await?.items)
}
