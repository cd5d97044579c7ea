//! After paying: back from Stripe, waiting for the bank, and done.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use perennial_core::checkout::Settlement;
use perennial_core::context::App;
use perennial_core::visits::{Purchase, find_purchase, has_excluding_plan, settle_visit};
use perennial_domain::{ConnectSession, Goods, Intent, Outcome, SimType};
use serde::Deserialize;

use super::error::{internal, notice, way_back};
use super::frame::frame_of;
use super::input::Query;
use super::links::{Links, Why};
use super::mailed::receipt_address;
use super::response::{page, see_other};
use super::summary::summary_of_purchase;
use super::visitor::Visitor;
use crate::pages::checkout::{Confirming, ConfirmingPage, DonePage, EsimDetails};
use crate::pages::manage::{Managed, ManagedPage};
use crate::pages::{Notice, Page, WayOut};

/// Where the waiting page stands.
#[derive(Deserialize)]
pub(super) struct Attempt {
    #[serde(default)]
    attempt: u32,
}

/// `GET …/return`: settles the checkout, whether or not the webhook was here before.
pub(super) async fn returned(State(app): State<App>, visitor: Visitor) -> Response {
    lead_on(&app, &visitor, 0).await
}

/// `GET …/confirming`: asks again, and waits a little longer each time.
pub(super) async fn confirming(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<Attempt>,
) -> Response {
    lead_on(&app, &visitor, query.attempt).await
}

async fn lead_on(app: &App, visitor: &Visitor, attempt: u32) -> Response {
    let links = Links::of(&visitor.visit.session);
    match settle_visit(app, &visitor.visit).await {
        Ok(Some(Settlement::Settled(_))) => see_other(&links.done()),
        Ok(Some(Settlement::Superseded)) => paid_in_vain(app, visitor).await,
        Ok(Some(Settlement::NotPaid | Settlement::NotOurs)) => {
            see_other(&back_because(visitor, Why::Expired))
        }
        Ok(Some(Settlement::Open)) => see_other(&back_because(visitor, Why::Canceled)),
        Ok(Some(Settlement::Confirming)) => wait(app, visitor, attempt).await,
        Ok(None) => see_other(&links.start()),
        Err(error) => {
            // The money may be on its way: the page goes on asking, and so do the webhook and the sweep.
            tracing::warn!(%error, "a checkout could not be settled on return");
            wait(app, visitor, attempt).await
        }
    }
}

/// The page from which the customer went to pay.
fn back_because(visitor: &Visitor, why: Why) -> String {
    let session = &visitor.visit.session;
    let links = Links::of(session);
    match session.intent {
        Intent::CheckoutAddon { .. } => links.addons_because(why),
        _ => links.review_because(why),
    }
}

async fn wait(app: &App, visitor: &Visitor, attempt: u32) -> Response {
    let visit = &visitor.visit;
    let next_path = Links::of(&visit.session).confirming(attempt + 1);
    let state = match (ConfirmingPage::pause_seconds(attempt), visit.session.checkout_id) {
        (Some(pause_seconds), _) => Confirming::Waiting { next_path, pause_seconds },
        (None, Some(checkout)) => Confirming::Slow { reference: checkout.to_string(), next_path },
        (None, None) => return see_other(&Links::of(&visit.session).start()),
    };
    let asked = visit.clone();
    match app.read(move |_, tx| asked.plan_name(tx)).await {
        Ok(plan) => show(app, visitor, &ConfirmingPage { plan: plan.unwrap_or_default(), state }),
        Err(error) => internal(app, &error),
    }
}

/// `GET …/done`: what was bought, and the way back to the app.
pub(super) async fn done(State(app): State<App>, visitor: Visitor) -> Response {
    let visit = visitor.visit.clone();
    match app.read(move |_, tx| find_purchase(tx, &visit)).await {
        Ok(Some(purchase)) => {
            let receipt_sent_to = purchase_address(&app, &visitor, &purchase).await;
            match purchase.checkout.order.goods {
                Goods::Subscription(_) | Goods::PlanChange(_) => {
                    let page = done_page(&visitor, &purchase, receipt_sent_to, app.now());
                    show(&app, &visitor, &page)
                }
                Goods::Addons(_) => {
                    show(&app, &visitor, &addons_done_page(&visitor, &purchase, receipt_sent_to))
                }
            }
        }
        Ok(None) => see_other(&Links::of(&visitor.visit.session).start()),
        Err(error) => internal(&app, &error),
    }
}

fn done_page(
    visitor: &Visitor,
    purchase: &Purchase,
    receipt_sent_to: Option<String>,
    now: Timestamp,
) -> DonePage {
    let session = &visitor.visit.session;
    let view = &purchase.subscription;
    let own_sim = view.sim.as_ref().filter(|_| purchase.uses_own_sim()).map(|sim| sim.iccid.to_string());
    let esim = view.sim.as_ref().filter(|sim| sim.sim_type == SimType::Esim);
    DonePage {
        summary: summary_of_purchase(purchase, now),
        is_active: view.subscription.activated_at.is_some(),
        phone_number: view.subscription.phone_number.clone(),
        esim: esim.and_then(|sim| esim_details(sim.activation_code.as_deref()?)),
        own_sim,
        kept_number: purchase.kept_number().map(|porting| porting.phone_number.clone()),
        receipt_sent_to,
        reference: purchase.checkout.id.to_string(),
        continue_url: continue_url(session),
    }
}

fn addons_done_page(visitor: &Visitor, purchase: &Purchase, mail_sent_to: Option<String>) -> ManagedPage {
    let addons = purchase.addons.iter().map(|(product, _)| product.name.clone()).collect();
    ManagedPage {
        done: Managed::AddonActive { addons },
        mail_sent_to,
        continue_url: continue_url(&visitor.visit.session),
    }
}

/// Where the receipt goes, where something was paid.
async fn purchase_address(app: &App, visitor: &Visitor, purchase: &Purchase) -> Option<String> {
    receipt_address(app, visitor, purchase.payment?).await
}

fn continue_url(session: &ConnectSession) -> Option<String> {
    let callback = session.callback.as_ref()?;
    Some(callback.with_outcome(session.id, Outcome::Success))
}

/// `LPA:1$server$code` in the two parts that people type (GSMA SGP.22 §4.1).
fn esim_details(activation_code: &str) -> Option<EsimDetails> {
    let mut parts = activation_code.strip_prefix("LPA:1$")?.split('$');
    Some(EsimDetails { server: parts.next()?.to_owned(), code: parts.next()?.to_owned() })
}

/// The money goes back. Who has such a plan needs no other; anybody else may choose again.
async fn paid_in_vain(app: &App, visitor: &Visitor) -> Response {
    let visit = visitor.visit.clone();
    let has_other = match app.read(move |_, tx| has_excluding_plan(tx, &visit)).await {
        Ok(has_other) => has_other,
        Err(error) => return internal(app, &error),
    };
    let told = if has_other { Notice::PaidTwice } else { Notice::PaidInVain };
    let way_out =
        way_back(&visitor.visit).or(Some(WayOut::TryAgain(Links::of(&visitor.visit.session).start())));
    notice(app, &visitor.visit, &visitor.form_token(), told, way_out)
}

fn show(app: &App, visitor: &Visitor, view: &impl Page) -> Response {
    match view.render(&frame_of(app, &visitor.visit, &visitor.form_token())) {
        Ok(html) => page(app, StatusCode::OK, html, visitor.visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}
