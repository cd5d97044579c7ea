//! Kestrel Phones: a small shop that sells phone plans through Perennial.
//!
//! It is an example of an integration, so it is also a text to read. The shop keeps no plans, prices,
//! payments or subscriptions of its own; it asks the Projects API and sends browsers to the hosted
//! pages. What there is to learn, in the order in which a customer meets it:
//!
//! | file | shows how to |
//! |---|---|
//! | `order.rs` | list plans and offer them |
//! | `visits.rs` | find the user by e-mail, open a connect session, send the browser there |
//! | `buy.rs`, `manage.rs` | choose the intent of a session |
//! | `outcome.rs` | read what came of the visit when the browser returns |
//! | `phone_plans.rs`, `owned_plan.rs` | list what a user has |
//! | `organizations.rs` | sell to organizations from a script in the browser |
//! | `problem.rs` | tell people when something did not work |
//!
//! The rest is a shop like any other: settings, log-in, words and looks.

mod assets;
mod buy;
mod customer;
mod log_in;
mod manage;
mod order;
mod organizations;
mod outcome;
mod owned_plan;
mod phone_plans;
mod problem;
mod settings;
mod visits;
mod words;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use perennial_client::Client;
use url::Url;

pub use perennial_client::{ApiKey, BuildError};
pub use settings::{Settings, SettingsError};

/// What every page needs.
#[derive(Debug, Clone)]
struct Shop {
    client: Client,
    public_url: Url,
    organizations: organizations::Page,
}

/// The whole shop, ready to be served. Nothing is asked of the API until a page is.
pub fn router(settings: Settings) -> Result<Router, BuildError> {
    let client = Client::new(settings.base_url.as_str(), &settings.project, settings.api_key)?;
    let organizations = organizations::Page::new(&settings.base_url, settings.stripe_script.as_ref());
    let shop = Shop { client, public_url: settings.public_url, organizations };
    Ok(Router::new()
        .route("/", get(order::page))
        .route("/log-in", get(log_in::page).post(log_in::submit))
        .route("/log-out", post(log_in::log_out))
        .route("/buy", post(buy::submit))
        .route("/phone-plans", get(phone_plans::page))
        .route("/phone-plans/add-on", post(manage::buy_addon))
        .route("/phone-plans/change", post(manage::change))
        .route("/phone-plans/cancel", post(manage::cancel))
        .route("/phone-plans/resume", post(manage::resume))
        .route("/phone-plans/details", post(manage::view))
        .route("/phone-plans/card", post(manage::change_card))
        .route("/demo/organizations", get(organizations::page))
        .route("/assets/shop.css", get(assets::stylesheet))
        .route("/assets/organizations.css", get(assets::organizations_stylesheet))
        .route("/assets/organizations.js", get(assets::organizations_script))
        .route("/assets/organizations-view.js", get(assets::organizations_view))
        .route("/assets/perennial-sdk.js", get(assets::sdk))
        .route("/assets/kestrel.svg", get(assets::mark))
        .fallback(problem::no_such_page)
        .layer(map_response(assets::with_safe_headers))
        .with_state(shop))
}
