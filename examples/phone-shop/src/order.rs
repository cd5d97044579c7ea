//! The page after the checkout of a phone: the order, and the plans to go with it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use perennial_client::{Client, Error, Paging, Plan, PlanFilter, PlanId};

use crate::Shop;
use crate::customer::{Customer, Visitor};
use crate::outcome::Alert;
use crate::problem::{Problem, explain, log, status};
use crate::words;

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    customer: Option<Customer>,
    alerts: Vec<Alert>,
    offers: Vec<Offer>,
}

/// A plan, in the words of this shop.
struct Offer {
    plan: PlanId,
    name: String,
    description: Option<String>,
    /// The most important one first.
    allowances: Vec<String>,
    price: String,
    term: String,
}

pub(crate) async fn page(State(shop): State<Shop>, Visitor(customer): Visitor) -> Result<Response, Problem> {
    let mut page = OrderPage { customer, alerts: Vec::new(), offers: Vec::new() };
    let mut code = StatusCode::OK;
    match plans_on_sale(&shop.client).await {
        Ok(plans) => page.offers = plans.into_iter().map(Offer::of).collect(),
        // The order of the phone stands, plans or not: the page is shown either way.
        Err(error) => {
            log(&error, "could not list plans");
            code = status(&error);
            page.alerts.push(Alert::error(explain(&error)));
        }
    }
    Ok((code, Html(page.render()?)).into_response())
}

/// A list without filters answers what is on sale. One page is enough for a shop window.
async fn plans_on_sale(client: &Client) -> Result<Vec<Plan>, Error> {
    let filter = PlanFilter { paging: Paging { limit: Some(24), cursor: None }, ..PlanFilter::default() };
    Ok(client.plans().list(&filter).await?.items)
}

impl Offer {
    fn of(plan: Plan) -> Self {
        Self {
            allowances: words::allowances(&plan.allowances),
            price: words::price(&plan.price),
            term: words::term(&plan.price, &plan.validity),
            plan: plan.id,
            name: plan.name,
            description: plan.description,
        }
    }
}
