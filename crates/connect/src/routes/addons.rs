//! Buying add-ons on a subscription: the cart, paying for it, and what was bought.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use perennial_core::checkout::{AddonOrderError, OrderError, QuotedAddons, StartCheckoutError};
use perennial_core::context::App;
use perennial_core::visits::{
    AddonVisit, AddonVisitError, BoughtAddons, BuyAddonsError, VisitUrls, addon_visit, buy_addons,
};
use perennial_domain::{Money, Price, Product, Subscription, Term};

use super::cards::failure_of;
use super::error::{internal, notice, way_back};
use super::fields::Fields;
use super::frame::frame_of;
use super::input::Query;
use super::links::{Links, Why};
use super::plan_cost::besides_lines;
use super::response::{page, see_other};
use super::summary::included_in;
use super::visitor::{Visitor, answer_if_over};
use crate::from_core::date_of;
use crate::pages::manage::{
    AddonPage, CartAddon, CurrentPlan, Lasts, NextPayment, PaymentNotice, Proration, ProrationLabel,
    SavedCard,
};
use crate::pages::{Frame, Notice, Page, PaymentFailure, WayOut};

/// Why the customer is back in the cart.
#[derive(serde::Deserialize)]
pub(super) struct Back {
    why: Option<Why>,
}

/// `GET /checkout/{session}/addons`
pub(super) async fn show(State(app): State<App>, Query(back): Query<Back>, visitor: Visitor) -> Response {
    if let Some(over) = answer_if_over(&app, &visitor) {
        return over;
    }
    let cart = match addon_visit(&app, visitor.visit.clone(), None).await {
        Ok(cart) => cart,
        Err(error) => return cannot_buy(&app, &visitor, &error),
    };
    let notice = match back.why {
        Some(Why::Canceled | Why::Expired) => Some(PaymentNotice::NotFinished),
        Some(Why::Unavailable) => Some(PaymentNotice::Failed(PaymentFailure::ServiceUnavailable)),
        Some(Why::Price | Why::VoucherGone | Why::VoucherUnfit) | None => None,
    };
    render(&app, &visitor, &cart, notice)
}

/// `POST /checkout/{session}/addons`: pays the sum that was shown, or shows what it is now; or leads to another card.
pub(super) async fn pay(State(app): State<App>, visitor: Visitor, fields: Fields) -> Response {
    if let Some(over) = answer_if_over(&app, &visitor) {
        return over;
    }
    let links = Links::of(&visitor.visit.session);
    if fields.text("action") == "change_card" {
        return see_other(&links.card());
    }
    let counted_at =
        fields.text("counted_at").parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    let cart = match addon_visit(&app, visitor.visit.clone(), counted_at).await {
        Ok(cart) => cart,
        Err(error) => return cannot_buy(&app, &visitor, &error),
    };
    let Ok(shown) = fields.text("due").parse::<i64>() else { return see_other(&links.addons()) };
    let urls = VisitUrls {
        return_url: links.absolute_return(&app),
        cancel_url: links.absolute_cancel_of_addons(&app),
    };
    match Box::pin(buy_addons(&app, &cart, shown, urls)).await {
        Ok(BoughtAddons::Done) => see_other(&links.done()),
        Ok(BoughtAddons::Pay(url)) => see_other(&url),
        Ok(BoughtAddons::Refused(refusal)) => {
            render(&app, &visitor, &cart, Some(PaymentNotice::Failed(failure_of(Some(refusal.word())))))
        }
        Ok(BoughtAddons::Confirming) => see_other(&links.confirming(0)),
        Ok(BoughtAddons::TooLate) => unavailable(&app, &visitor),
        Err(BuyAddonsError::PriceChanged) => price_changed(&app, &visitor, shown).await,
        Err(BuyAddonsError::Start(error)) => not_started(&app, &visitor, &cart, &error),
    }
}

/// The present sum, counted from now, beside the one that the customer saw.
async fn price_changed(app: &App, visitor: &Visitor, shown: i64) -> Response {
    match addon_visit(app, visitor.visit.clone(), None).await {
        Ok(cart) => {
            let now = cart.quoted.due_now;
            let before = Money::new(shown, now.currency);
            render(app, visitor, &cart, Some(PaymentNotice::PriceChanged { before, now }))
        }
        Err(error) => cannot_buy(app, visitor, &error),
    }
}

/// Nothing was charged. What the customer can do about it decides what they see.
fn not_started(app: &App, visitor: &Visitor, cart: &AddonVisit, error: &StartCheckoutError) -> Response {
    match error {
        StartCheckoutError::SubscriptionEnded(_)
        | StartCheckoutError::SubscriptionChanged(_)
        | StartCheckoutError::AddonAlreadyThere(_)
        | StartCheckoutError::AddonDoesNotFit(_) => unavailable(app, visitor),
        StartCheckoutError::Contended
        | StartCheckoutError::AlreadySubscribed(_)
        | StartCheckoutError::Confirming(_)
        | StartCheckoutError::PriceChanged { .. } => see_other(&Links::of(&visitor.visit.session).addons()),
        StartCheckoutError::PriceNotAtStripe(_)
        | StartCheckoutError::PriceDiffers { .. }
        | StartCheckoutError::RenewingAddon
        | StartCheckoutError::Sim(_)
        | StartCheckoutError::Porting(_)
        | StartCheckoutError::Account(_)
        | StartCheckoutError::UnknownCustomer(_) => {
            tracing::error!(%error, "an add-on is on sale that cannot be bought");
            unavailable(app, visitor)
        }
        StartCheckoutError::Payments(refused) if refused.is_refusal() => {
            tracing::error!(%error, "an add-on is on sale that Stripe refuses");
            refused_by_stripe(app, visitor)
        }
        StartCheckoutError::Payments(_) | StartCheckoutError::Settle(_) => {
            tracing::warn!(%error, "Stripe could not be asked to charge add-ons");
            render(app, visitor, cart, Some(PaymentNotice::Failed(PaymentFailure::ServiceUnavailable)))
        }
        StartCheckoutError::Deliver(_) | StartCheckoutError::Store(_) => internal(app, error),
    }
}

/// They cannot be bought, for whatever reason: the only way out says so to the app.
fn cannot_buy(app: &App, visitor: &Visitor, error: &AddonVisitError) -> Response {
    match error {
        AddonVisitError::Store(_)
        | AddonVisitError::Order(AddonOrderError::Store(_) | AddonOrderError::Order(OrderError::Store(_))) => {
            internal(app, error)
        }
        AddonVisitError::Order(AddonOrderError::Payments(refused)) if refused.is_refusal() => {
            tracing::error!(%error, "an add-on is on sale that Stripe refuses");
            refused_by_stripe(app, visitor)
        }
        AddonVisitError::Order(AddonOrderError::Payments(_) | AddonOrderError::UnderWay(_)) => {
            tracing::warn!(%error, "Stripe does not say yet what add-ons cost");
            let retry = WayOut::TryAgain(Links::of(&visitor.visit.session).start());
            let failed = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
            notice(app, &visitor.visit, &visitor.form_token(), failed, Some(retry))
        }
        AddonVisitError::NotAddons | AddonVisitError::Order(_) => unavailable(app, visitor),
    }
}

fn refused_by_stripe(app: &App, visitor: &Visitor) -> Response {
    let visit = &visitor.visit;
    notice(app, visit, &visitor.form_token(), Notice::RefusedByStripe, way_back(visit))
}

fn unavailable(app: &App, visitor: &Visitor) -> Response {
    let visit = &visitor.visit;
    notice(app, visit, &visitor.form_token(), Notice::IntentUnavailable, way_back(visit))
}

fn render(app: &App, visitor: &Visitor, cart: &AddonVisit, notice: Option<PaymentNotice>) -> Response {
    let visit = &visitor.visit;
    let leave_path = visit.session.callback.as_ref().map(|_| Links::of(&visit.session).leave());
    let frame = Frame { leave_path, ..frame_of(app, visit, &visitor.form_token()) };
    match cart_page(cart, app.now(), notice).render(&frame) {
        Ok(html) => page(app, StatusCode::OK, html, visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}

fn cart_page(cart: &AddonVisit, now: Timestamp, notice: Option<PaymentNotice>) -> AddonPage {
    let quoted = &cart.quoted;
    let (plan, price) = &quoted.placed.plan;
    let subscription = &quoted.placed.subscription;
    let today = |addon: &(Product, Price)| CartAddon {
        price: quoted.due_for(&addon.1),
        ..cart_addon(addon, subscription, now)
    };
    let addons: Vec<_> = quoted.placed.addons.iter().map(today).collect();
    AddonPage {
        current: CurrentPlan {
            name: plan.name.clone(),
            included: included_in(plan),
            next: next_payment(price, subscription, subscription.charged_next_at(now)),
        },
        others: others(quoted, &addons),
        addons,
        due_today: quoted.due_now,
        counted_at: quoted.prorated.as_ref().map(|prorated| prorated.at.as_second()),
        card: cart.card.as_ref().map(|method| SavedCard::of(&method.card, now)),
        notice,
        can_change_card: true,
        has_back: false,
    }
}

/// What is charged today besides the add-ons, so that the lines add up to the sum.
fn others(quoted: &QuotedAddons, addons: &[CartAddon]) -> Vec<Proration> {
    let Some(prorated) = &quoted.prorated else { return Vec::new() };
    let mut others: Vec<_> = besides_lines(&prorated.preview).collect();
    let amounts = addons.iter().map(|addon| addon.price).chain(others.iter().map(|line| line.amount));
    let told: i64 = amounts.map(|amount| amount.amount_minor).sum();
    let untold = quoted.due_now.amount_minor - told;
    if untold != 0 {
        // Stripe puts what waits for the next invoice on this one.
        let amount = Money::new(untold, quoted.due_now.currency);
        others.insert(0, Proration { label: ProrationLabel::Unbilled, amount });
    }
    others
}

/// An add-on at its full price, as it would be bought now.
pub(super) fn cart_addon(
    (product, price): &(Product, Price),
    subscription: &Subscription,
    now: Timestamp,
) -> CartAddon {
    CartAddon {
        name: product.name.clone(),
        included: included_in(product),
        price: price.amount,
        lasts: lasts(price, subscription, now),
    }
}

/// What it costs at this time, unless it is free or does not go on.
fn next_payment(price: &Price, subscription: &Subscription, at: Option<Timestamp>) -> Option<NextPayment> {
    let at = at?;
    match price.term {
        Term::Recurring(every) if !price.amount.is_zero() && subscription.ended_at.is_none() => {
            Some(NextPayment { amount: price.amount, every, on: date_of(at) })
        }
        _ => None,
    }
}

fn lasts(price: &Price, subscription: &Subscription, now: Timestamp) -> Lasts {
    let period_end = subscription.runs_until(now);
    match (price.term, period_end) {
        // What is left of the running period is paid today.
        (Term::Recurring(_), Some(_)) => {
            next_payment(price, subscription, period_end).map_or(Lasts::WithPlan, Lasts::Renews)
        }
        (Term::Fixed(span), _) => {
            span.after(now, 1).map_or(Lasts::FromFirstUse(span), |end| Lasts::Until(date_of(end)))
        }
        (Term::Lifetime, Some(end)) => Lasts::Until(date_of(end)),
        (Term::Recurring(_) | Term::Lifetime, None) => Lasts::WithPlan,
    }
}
