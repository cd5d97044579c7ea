//! The last look before paying: the order, its price, a voucher, and the one button that buys.

use axum::response::Response;
use perennial_core::checkout::StartCheckoutError;
use perennial_core::context::App;
use perennial_core::visits::{Bought, BuyError, VisitUrls, VoucherError, apply_voucher, buy, remove_voucher};
use perennial_domain::{CheckoutStep, Money, NumberChoice, SimChoice};

use super::{Fields, render, summary};
use crate::pages::checkout::{Choice, Chosen, ReviewNotice, ReviewPage, Voucher};
use crate::pages::form::Form;
use crate::pages::problem::Problem;
use crate::routes::error::{internal, plan_unavailable};
use crate::routes::links::Why;
use crate::routes::response::see_other;
use crate::routes::visitor::Buyer;

pub(super) fn show(app: &App, buyer: &Buyer, notice: Option<ReviewNotice>, voucher: Form) -> Response {
    let progress = &buyer.checkout.visit.session.progress;
    let voucher = match &progress.voucher {
        _ if buyer.checkout.order().is_free() => None,
        Some(applied) => Some(Voucher::Applied { code: applied.code.clone(), saves: applied.discount }),
        None => Some(Voucher::Open(voucher)),
    };
    let page = ReviewPage {
        summary: summary(app, buyer),
        choices: choices(buyer),
        voucher,
        notice,
        has_back: buyer.checkout.before(CheckoutStep::Review).is_some(),
    };
    render(app, buyer, CheckoutStep::Review, &page)
}

/// The page with a word about why the customer is back on it.
pub(super) fn show_because(app: &App, buyer: &Buyer, why: Option<Why>, before: Option<i64>) -> Response {
    let problem = match why {
        Some(Why::VoucherGone) => Some(Problem::VoucherExpired),
        Some(Why::VoucherUnfit) => Some(Problem::VoucherNotForPlan),
        _ => None,
    };
    let notice = match why {
        Some(Why::Canceled | Why::Expired) => Some(ReviewNotice::PaymentCanceled),
        Some(Why::Unavailable) => Some(ReviewNotice::PaymentUnavailable),
        Some(Why::Price) => price_changed(buyer, before),
        Some(Why::VoucherGone | Why::VoucherUnfit) | None => None,
    };
    show(app, buyer, notice, problem.map_or_else(Form::default, |it| Form::default().with_problem(it)))
}

/// Without the earlier sum there is nothing to compare: the page simply shows the present one.
fn price_changed(buyer: &Buyer, before: Option<i64>) -> Option<ReviewNotice> {
    let now = buyer.checkout.placed.due_now;
    let before = before.filter(|before| *before != now.amount_minor)?;
    Some(ReviewNotice::PriceChanged { before: Money::new(before, now.currency) })
}

pub(super) async fn answer(app: &App, buyer: Buyer, fields: &Fields) -> Response {
    let review = buyer.links().step(CheckoutStep::Review);
    match fields.text("action") {
        "apply_voucher" => match apply_voucher(app, &buyer.checkout, fields.text("voucher")).await {
            Ok(()) => see_other(&review),
            Err(error) => voucher_refused(app, &buyer, fields, &error),
        },
        "remove_voucher" => match remove_voucher(app, &buyer.checkout).await {
            Ok(()) => see_other(&review),
            Err(error) => internal(app, &error),
        },
        _ => pay(app, &buyer, fields).await,
    }
}

async fn pay(app: &App, buyer: &Buyer, fields: &Fields) -> Response {
    let links = buyer.links();
    let Ok(shown) = fields.text("due").parse::<i64>() else {
        return see_other(&links.step(CheckoutStep::Review));
    };
    let urls = VisitUrls { return_url: links.absolute_return(app), cancel_url: links.absolute_cancel(app) };
    match buy(app, &buyer.checkout, shown, urls).await {
        Ok(Bought::Pay(url)) => see_other(&url),
        Ok(Bought::Done) => see_other(&links.done()),
        Err(BuyError::Unanswered(_)) => see_other(&links.start()),
        Err(BuyError::PriceChanged) => see_other(&links.review_instead_of(shown)),
        Err(BuyError::Voucher(VoucherError::Unknown)) => see_other(&links.review_because(Why::VoucherGone)),
        Err(BuyError::Voucher(VoucherError::Store(error)) | BuyError::Store(error)) => internal(app, &error),
        Err(BuyError::Voucher(_)) => see_other(&links.review_because(Why::VoucherUnfit)),
        Err(BuyError::Start(error)) => not_started(app, buyer, &error),
    }
}

/// Nothing was charged. What the customer can do about it decides what they see.
fn not_started(app: &App, buyer: &Buyer, error: &StartCheckoutError) -> Response {
    match error {
        // The page itself says what they have already, or what has to be chosen again.
        StartCheckoutError::AlreadySubscribed(_)
        | StartCheckoutError::Sim(_)
        | StartCheckoutError::Porting(_)
        | StartCheckoutError::Confirming(_)
        | StartCheckoutError::Contended
        | StartCheckoutError::PriceChanged { .. } => see_other(&buyer.links().start()),
        StartCheckoutError::PriceNotAtStripe(_)
        | StartCheckoutError::PriceDiffers { .. }
        | StartCheckoutError::SubscriptionEnded(_)
        | StartCheckoutError::SubscriptionChanged(_)
        | StartCheckoutError::RenewingAddon
        | StartCheckoutError::AddonAlreadyThere(_)
        | StartCheckoutError::AddonDoesNotFit(_)
        | StartCheckoutError::Account(_)
        | StartCheckoutError::UnknownCustomer(_) => {
            tracing::error!(%error, "a plan is on sale that cannot be bought");
            plan_unavailable(app, &buyer.checkout.visit, &buyer.form_token())
        }
        StartCheckoutError::Payments(_) | StartCheckoutError::Settle(_) => {
            tracing::warn!(%error, "Stripe could not open a checkout");
            show(app, buyer, Some(ReviewNotice::PaymentUnavailable), Form::default())
        }
        StartCheckoutError::Deliver(_) | StartCheckoutError::Store(_) => internal(app, error),
    }
}

fn voucher_refused(app: &App, buyer: &Buyer, fields: &Fields, error: &VoucherError) -> Response {
    let problem = match error {
        VoucherError::Empty => Problem::VoucherMissing,
        VoucherError::Unknown => Problem::VoucherUnknown,
        VoucherError::DoesNotFit => Problem::VoucherNotForPlan,
        VoucherError::Payments(_) | VoucherError::Account(_) => {
            tracing::warn!(%error, "a voucher could not be looked up");
            return show(app, buyer, Some(ReviewNotice::PaymentUnavailable), Form::default());
        }
        VoucherError::Store(error) => return internal(app, error),
    };
    let form = Form::default().with_value("voucher", fields.text("voucher")).with_problem(problem);
    show(app, buyer, None, form)
}

/// What the customer chose in this visit, each with a way to change it.
fn choices(buyer: &Buyer) -> Vec<Choice> {
    let steps = buyer.checkout.steps.iter().copied().filter(|step| *step != CheckoutStep::Review);
    let chosen = steps.filter_map(|step| {
        Some(Choice { chosen: chosen_in(buyer, step)?, change_path: Some(buyer.links().step(step)) })
    });
    chosen.collect()
}

fn chosen_in(buyer: &Buyer, step: CheckoutStep) -> Option<Chosen> {
    let (checkout, progress) = (&buyer.checkout, &buyer.checkout.visit.session.progress);
    match step {
        CheckoutStep::Name => checkout.customer.full_name.clone().map(Chosen::Name),
        CheckoutStep::Birthday => checkout.customer.birthday.map(Chosen::Birthday),
        CheckoutStep::Address => checkout.address.as_ref().map(|address| Chosen::Address {
            lines: address.lines(),
            country: address.country.as_str().to_owned(),
        }),
        CheckoutStep::Device => checkout.device.as_ref()?.imei.clone().map(Chosen::Device),
        CheckoutStep::Sim => match progress.sim.as_ref()? {
            SimChoice::NewEsim => Some(Chosen::NewEsim),
            SimChoice::Own(iccid) => Some(Chosen::OwnSim(iccid.clone())),
            SimChoice::Known(_) => checkout.sim.as_ref().map(|sim| Chosen::OwnSim(sim.iccid.to_string())),
            // A test SIM is named by the app, and never asked for.
            SimChoice::NotNeeded | SimChoice::Test(_) => None,
        },
        CheckoutStep::Number => match progress.number.as_ref()? {
            NumberChoice::New => Some(Chosen::NewNumber),
            NumberChoice::Keep(_) => {
                checkout.kept_number.as_ref().map(|porting| Chosen::KeepNumber(porting.phone_number.clone()))
            }
        },
        CheckoutStep::Review => None,
    }
}
