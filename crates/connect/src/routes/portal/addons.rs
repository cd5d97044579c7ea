//! Looking for an add-on: the choice. The cart is in [`crate::routes::addons`], in a visit of its own.

use axum::extract::State;
use axum::response::Response;
use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_core::visits::{begin_addon_visit, list_fitting_addons};
use perennial_domain::{Price, Product, ProductId};
use secrecy::ExposeSecret;

use super::change::shown;
use super::own::Owner;
use super::render;
use crate::pages::manage::{AddonOption, ChooseAddonPage};
use crate::routes::addons::cart_addon;
use crate::routes::error::internal;
use crate::routes::fields::Fields;
use crate::routes::response::see_other;

/// `GET …/addons`: what fits.
pub(super) async fn ask(State(app): State<App>, owner: Owner) -> Response {
    match fitting(&app, &owner).await {
        Ok(fitting) if fitting.is_empty() => see_other(&owner.links().subscription(owner.id())),
        Ok(fitting) => {
            let subscription = &owner.own.view.subscription;
            let option = |addon: &(Product, Price)| AddonOption {
                id: addon.0.id.to_string(),
                addon: cart_addon(addon, subscription, app.now()),
            };
            let options = fitting.iter().map(option).collect();
            render(&app, &owner.visitor, &ChooseAddonPage { current: shown(&owner), options })
        }
        Err(error) => internal(&app, &error),
    }
}

/// `POST …/addons`: on to the cart.
pub(super) async fn choose(State(app): State<App>, owner: Owner, fields: Fields) -> Response {
    let (page, wanted) = (owner.links().subscription(owner.id()), fields.text("addon").parse::<ProductId>());
    let ("continue", Ok(addon)) = (fields.text("action"), wanted) else { return see_other(&page) };
    match begin_addon_visit(&app, &owner.visitor.visit, owner.id(), addon).await {
        Ok(url) => see_other(path_of(&app, url.expose_secret())),
        // It went off sale, or the subscription ended, since the page was shown.
        Err(error) => {
            tracing::info!(%error, "an add-on that was chosen cannot be bought");
            see_other(&page)
        }
    }
}

/// The same host serves it.
fn path_of<'u>(app: &App, url: &'u str) -> &'u str {
    url.strip_prefix(app.settings().connect_url.as_str().trim_end_matches('/')).unwrap_or(url)
}

/// What can be bought on the visitor's subscription.
pub(super) async fn fitting(app: &App, owner: &Owner) -> Result<Vec<(Product, Price)>, StoreError> {
    let (visit, id) = (owner.visitor.visit.clone(), owner.id());
    app.read(move |_, tx| list_fitting_addons(tx, &visit, id)).await
}
