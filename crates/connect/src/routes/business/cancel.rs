//! `/checkout/cancel`: ending what a business has, with the cycle that is paid.

use axum::extract::State;
use axum::response::Response;
use perennial_core::actor::acting;
use perennial_core::business::forms::{CancelQuote, FormError, confirm_cancel, quote_cancel};
use perennial_core::context::App;
use perennial_core::ports::Ending;
use uuid::Uuid;

use super::answer::refused;
use super::desk::Desk;
use super::sent::{Opened, Sent};
use crate::from_core::date_of;
use crate::pages::business::CancelFormPage;
use crate::pages::manage::Managed;

/// The field that brings back the day that was shown.
const ENDING: &str = "ending";

/// `GET`: what ends and when, and what is kept.
pub(super) async fn show(State(app): State<App>, Opened(desk): Opened) -> Response {
    let quote = match quote_of(&app, &desk).await {
        Ok(quote) => quote,
        Err(error) => return refused(&app, &desk, &error),
    };
    show_form(&app, &desk, &quote)
}

fn show_form(app: &App, desk: &Desk, quote: &CancelQuote) -> Response {
    let mut asked = desk.address.fields();
    asked.push((ENDING, day_of(quote)));
    let page = CancelFormPage {
        asked,
        plan: quote.product.name.clone(),
        ending: Ending::of(&quote.subscription, quote.ends_at, quote.next, app.now()).into(),
        bundled: quote.bundled.iter().map(|product| product.name.clone()).collect(),
    };
    desk.show_form(app, &page)
}

/// `POST`: the yes to it.
pub(super) async fn confirm(State(app): State<App>, sent: Sent) -> Response {
    let desk = &sent.desk;
    let quote = match quote_of(&app, desk).await {
        Ok(quote) => quote,
        Err(error) => return refused(&app, desk, &error),
    };
    // It may have been renewed since it was shown: then another day is agreed to, or none.
    if sent.text(ENDING) != day_of(&quote) {
        return show_form(&app, desk, &quote);
    }
    match acting(desk.actor(), Box::pin(confirm_cancel(&app, &quote))).await {
        Ok(()) => {
            let done = Managed::Canceled { plan: quote.product.name, until: date_of(quote.ends_at) };
            desk.arrive_with(&app, done)
        }
        Err(error) => refused(&app, desk, &error),
    }
}

/// The day that is shown.
fn day_of(quote: &CancelQuote) -> String {
    date_of(quote.ends_at).to_string()
}

async fn quote_of(app: &App, desk: &Desk) -> Result<CancelQuote, FormError> {
    let uid = desk.address.get("smng_external_id").and_then(|uid| uid.parse::<Uuid>().ok());
    quote_cancel(app, uid.ok_or(FormError::NotHeld)?).await
}
