//! What a customer is answered: by how a form stands, or by why it does nothing.

use axum::response::Response;
use http::StatusCode;
use perennial_core::business::forms::{FormError, FormStanding, Pursued};
use perennial_core::context::App;
use perennial_core::report::chain;
use perennial_domain::Money;

use super::desk::Desk;
use crate::pages::business::FormRefusal;
use crate::pages::manage::PaymentNotice;
use crate::pages::{Notice, PaymentFailure};
use crate::routes::cards::failure_of;
use crate::routes::error::internal;
use crate::routes::response::see_other;

/// The word in an address for a page that was left without paying.
pub(super) const UNFINISHED: &str = "unfinished";
/// The word for a card that did not pay, where Stripe gave no reason.
const DECLINED: &str = "declined";

/// The word in an address for why a card did not pay.
pub(super) fn word_of(code: Option<&str>) -> &str {
    code.filter(|code| !code.is_empty()).unwrap_or(DECLINED)
}

/// Why the customer is back, by the word in the address.
pub(super) fn notice_of(again: Option<&str>) -> Option<PaymentNotice> {
    match again? {
        UNFINISHED => Some(PaymentNotice::NotFinished),
        code => Some(PaymentNotice::Failed(failure_of(Some(code)))),
    }
}

/// Whether another card could mend what went wrong.
pub(super) const fn is_about_the_card(notice: Option<PaymentNotice>) -> bool {
    matches!(notice, Some(PaymentNotice::Failed(failure)) if !matches!(failure, PaymentFailure::ServiceUnavailable))
}

/// What comes after a yes.
pub(super) enum Next {
    /// This.
    Answer(Response),
    /// The form once more, with a word about why.
    ShowAgain(Option<PaymentNotice>),
}

/// What comes after a yes to so much.
pub(super) fn next(app: &App, desk: &Desk, said_yes: Result<Pursued, FormError>, due_minor: i64) -> Next {
    let Pursued { form, standing } = match said_yes {
        Ok(pursued) => pursued,
        Err(FormError::PriceChanged { now }) => {
            let before = Money::new(due_minor, now.currency);
            return Next::ShowAgain(Some(PaymentNotice::not_as_shown(before, now)));
        }
        Err(error) => return Next::Answer(refused(app, desk, &error)),
    };
    Next::Answer(match standing {
        FormStanding::Done => desk.arrive(form.id),
        FormStanding::PayAt(page) | FormStanding::AskAt(page) | FormStanding::Unpaid(page) => {
            see_other(&page)
        }
        FormStanding::Confirming => see_other(&desk.form_path(form.id)),
        FormStanding::TooLate => desk.tell(app, StatusCode::OK, Notice::PaidTwice, desk.way_back()),
        FormStanding::Failed(code) => {
            return Next::ShowAgain(Some(PaymentNotice::Failed(failure_of(code.as_deref()))));
        }
    })
}

/// Why a form does nothing more. What was paid of a cart before stays bought, and is not offered again.
pub(super) fn refused(app: &App, desk: &Desk, error: &FormError) -> Response {
    let refusal = match error {
        FormError::NotHeld => FormRefusal::NotHeld,
        FormError::NotOnSale => FormRefusal::NotOnSale,
        FormError::SeveralPrices | FormError::Cart => FormRefusal::LinkIncomplete,
        FormError::SamePlan => FormRefusal::SamePlan,
        FormError::OtherProduct => FormRefusal::OtherProduct,
        FormError::AlreadyHeld => FormRefusal::AlreadyHeld,
        FormError::PaymentOpen => FormRefusal::PaymentOpen,
        FormError::CannotCancel => FormRefusal::CannotCancel,
        FormError::UnderWay | FormError::SentBefore | FormError::PriceChanged { .. } => FormRefusal::UnderWay,
        FormError::Unavailable(cause) => {
            tracing::warn!(error = chain(cause.as_ref()), "a form cannot be served without Stripe");
            let failed = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
            return desk.tell(app, StatusCode::SERVICE_UNAVAILABLE, failed, Some(desk.retry()));
        }
        FormError::Unsettled(_) | FormError::Broken(_) | FormError::Store(_) => return internal(app, error),
    };
    desk.refuse(app, refusal)
}
