//! The pages' addresses: each loads a visit, calls one use case, and answers a page or a redirect.
//!
//! | address | does |
//! |---|---|
//! | `GET /{area}/entry?session=…&token=…` | uses the link up, gives the browser its cookie, takes the token out of the address |
//! | `GET /checkout/{session}` | leads to the first open question |
//! | `GET`, `POST /checkout/{session}/{step}` | asks a question; keeps the answer |
//! | `GET`, `POST /checkout/{session}/addons` | add-ons for a subscription: the cart, and paying for it |
//! | `GET /checkout/{session}/return` | where Stripe sends who paid: settles |
//! | `GET /checkout/{session}/confirming` | waits for the bank, with growing pauses |
//! | `GET /checkout/{session}/done` | what was bought, and **Continue** |
//! | `POST /{area}/{session}/leave` | the way out that is no success |
//! | `/{area}/{session}/login` | asks who it is, where nobody is known, see `login` |
//! | `/{area}/{session}/card`, `/{area}/{session}/payments/…` | another card, and a bank that asks, see `cards` |
//! | `/checkout/{purchase,change-plan,cancel}` | the forms of the third door, see `business` |
//! | `GET /portal/{session}` and below | looks after what was bought, see `portal` |
//!
//! A good POST is followed by a redirect, so that a refresh repeats nothing.

mod addons;
mod business;
mod cards;
mod cookie;
mod entry;
mod error;
mod fields;
mod frame;
mod input;
mod leave;
mod links;
mod login;
mod mailed;
mod outcome;
mod plan_cost;
mod portal;
mod response;
mod steps;
mod summary;
mod visitor;

use std::any::Any;

use axum::Router;
use axum::extract::{Path, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use perennial_core::actor::{Actor, acting};
use perennial_core::context::App;
use tower_http::catch_panic::CatchPanicLayer;

use crate::assets;

/// The door of the hosted pages.
pub fn router(app: App) -> Router {
    always_a_page(addresses(), app)
}

fn addresses() -> Router<App> {
    Router::new()
        .route("/checkout/entry", get(entry::enter_checkout).head(entry::look))
        .route("/portal/entry", get(entry::enter_portal).head(entry::look))
        .route("/checkout/{session}", get(steps::resume))
        .route("/checkout/{session}/return", get(outcome::returned))
        .route("/checkout/{session}/confirming", get(outcome::confirming))
        .route("/checkout/{session}/done", get(outcome::done))
        .route("/checkout/{session}/addons", get(addons::show).post(addons::pay))
        .route("/checkout/{session}/leave", post(leave::leave))
        .route("/checkout/{session}/{step}", get(steps::show).post(steps::answer))
        .route("/portal/{session}/leave", post(leave::leave))
        .route("/connect/assets/{name}", get(asset))
        .merge(business::routes())
        .merge(portal::routes())
        .merge(login::routes())
        .merge(cards::routes())
}

/// What does not exist, what cannot be done with an address, and what breaks down: customers get a page for it too.
fn always_a_page(routes: Router<App>, app: App) -> Router {
    let unknown = || Router::new().fallback(error::not_found);
    let alarmed = app.clone();
    routes
        .nest("/checkout", unknown())
        .nest("/portal", unknown())
        .method_not_allowed_fallback(error::not_found)
        .layer(CatchPanicLayer::custom(move |panic: Box<dyn Any + Send>| {
            error::broken_down(&alarmed, panic.as_ref())
        }))
        // Who visits is found out by the handlers' extractors.
        .layer(from_fn(|request: Request, next: Next| acting(Actor::System, next.run(request))))
        .with_state(app)
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => {
            let headers = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, assets::CACHE_CONTROL)];
            (headers, asset.body.into_owned()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_testkit::{Browser, Merchant};

    #[tokio::test]
    async fn a_handler_that_breaks_down_is_answered_by_a_page_that_tells_nothing() {
        let merchant = Merchant::new().await;
        let broken = addresses().route("/portal/x/broken", get(|| async { panic!("as asked") as &str }));
        let shown = Browser::new(always_a_page(broken, merchant.app().clone())).get("/portal/x/broken").await;
        assert_eq!(shown.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(shown.html.starts_with("<!doctype html>") && !shown.html.contains("as asked"));
    }
}
