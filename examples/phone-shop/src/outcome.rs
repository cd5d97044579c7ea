//! What came of a visit to the hosted pages.
//!
//! The browser returns with `session_id` and `status` in the address. Anybody can type those, so they
//! decide which sentence is shown and nothing else: what a customer has is what the API lists.

use perennial_client::{Client, Intent};
use serde::Deserialize;

use crate::problem::log;

/// The query that the hosted pages add to the callback URL.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Callback {
    session_id: Option<String>,
    status: Option<String>,
}

/// A sentence on top of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) is_error: bool,
    pub(crate) message: String,
}

impl Alert {
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self { is_error: true, message: message.into() }
    }

    fn success(message: &str) -> Self {
        Self { is_error: false, message: message.to_owned() }
    }
}

/// What to tell a browser that returns; `None` for one that just visits.
pub(crate) async fn of(client: &Client, callback: &Callback) -> Option<Alert> {
    let session_id = callback.session_id.as_deref()?;
    match callback.status.as_deref() {
        Some("success") => Some(Alert::success(success_message(client, session_id).await)),
        Some(status) => Some(Alert::error(format!("An error occurred: {status}"))),
        None => Some(Alert::error("An error occurred: unknown")),
    }
}

/// The session remembers what the visit was for. Not being able to read it takes nothing away from
/// the success, so the sentence is then a general one.
async fn success_message(client: &Client, session_id: &str) -> &'static str {
    const GENERAL: &str = "Operation successfully completed";
    let Ok(session_id) = session_id.parse() else {
        return GENERAL;
    };
    match client.connect_sessions().get(&session_id).await {
        Ok(session) => match session.intent {
            Intent::CheckoutNewSubscription(_) => "Subscription successfully added!",
            Intent::CheckoutAddon(_) => "Addon successfully added to subscription!",
            Intent::ChangeSubscription(_) => "Subscription successfully changed!",
            Intent::CancelSubscription(_) => "Subscription successfully cancelled!",
            Intent::ResumeSubscription(_) => "Subscription successfully resumed!",
            Intent::UpdatePaymentMethod => "Card successfully changed!",
            Intent::ConfirmPayment(_) => "Payment successfully confirmed!",
            Intent::UpdateUserAddress => "Address successfully changed!",
            Intent::UpdateUserFullName => "Name successfully changed!",
            _ => GENERAL,
        },
        Err(error) => {
            log(&error, "could not read the session that a browser returned from");
            GENERAL
        }
    }
}
