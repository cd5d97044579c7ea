//! All doors of the server behind one listener.

use axum::Router;
use perennial_business_api::BusinessOptions;
use perennial_core::context::App;
use perennial_http::{ApiOptions, health, server, stripe_webhooks};
use perennial_organizations_api::OrganizationsOptions;

/// The APIs, the hosted pages, Stripe's webhooks, the questions of whoever runs the server, and what the demo has besides.
pub(crate) fn open(
    app: &App,
    api: &ApiOptions,
    organizations: OrganizationsOptions,
    others: Router,
) -> Router {
    let business = BusinessOptions { snapshot_max_age: api.snapshot_max_age, ..BusinessOptions::default() };
    let doors = Router::new()
        .merge(health(app.clone()))
        .merge(stripe_webhooks(app.clone(), api.snapshot_max_age))
        .merge(perennial_projects_api::router(app.clone(), api))
        .merge(perennial_organizations_api::router(app.clone(), organizations))
        .merge(perennial_business_api::router(app.clone(), business))
        .merge(perennial_connect::routes::router(app.clone()))
        .merge(others);
    server(doors)
}
