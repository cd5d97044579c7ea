//! What a charge of a saved card came to, as an answer (contracts/projects-api.md §1.6, the codes of payments).

use perennial_core::checkout::{ChargedCheckout, OrderError, StartCheckoutError};
use perennial_core::ports::{PaymentsError, Refusal};
use perennial_domain::{CheckoutId, SubscriptionId};
use perennial_http::{ApiError, ErrorKind};

/// What was paid, or why nothing was.
pub(crate) fn paid(charged: ChargedCheckout) -> Result<(CheckoutId, SubscriptionId), ApiError> {
    match charged {
        ChargedCheckout::Paid { checkout, subscription } => Ok((checkout, subscription)),
        ChargedCheckout::NoCard => {
            let error = ApiError::invalid("The user has no saved payment method.");
            Err(error.code("paymentMethodRequired").hinting("Send the user to a connect session to pay."))
        }
        ChargedCheckout::NeedsConfirmation(_) | ChargedCheckout::Waiting { .. } => {
            let error = ApiError::invalid("The user's bank wants the user to confirm the payment.");
            Err(error.code("paymentFailed").hinting("Send the user to a connect session to pay."))
        }
        ChargedCheckout::Declined(refusal) => {
            Err(ApiError::invalid("The user's card was declined.").code(code_of(&refusal)))
        }
        ChargedCheckout::TooLate => {
            let message = "Something else was bought at the same time. What was paid is being refunded.";
            Err(ApiError::new(ErrorKind::Conflict, message))
        }
    }
}

/// Stripe's words in the contract's (<https://docs.stripe.com/declines/codes>).
fn code_of(refusal: &Refusal) -> &'static str {
    let words = [refusal.decline_code.as_deref(), refusal.code.as_deref()];
    let known = words.into_iter().flatten().find_map(|word| match word {
        "insufficient_funds" => Some("paymentCardInsufficientFunds"),
        "expired_card" => Some("paymentCardExpired"),
        "incorrect_cvc" | "invalid_cvc" => Some("paymentCardCvcInvalid"),
        "incorrect_number" | "invalid_number" => Some("paymentCardNumberInvalid"),
        "card_not_supported" | "currency_not_supported" => Some("paymentCardNotSupported"),
        _ => None,
    });
    known.unwrap_or("paymentCardDeclined")
}

/// Why nothing was charged. `customer` is the property that names who pays.
pub(crate) fn refuse_start(error: StartCheckoutError, customer: &'static str) -> ApiError {
    let rejected = matches!(&error, StartCheckoutError::Payments(PaymentsError::Refused(_)));
    match error {
        StartCheckoutError::UnknownCustomer(_) => {
            ApiError::invalid_property(customer, "propertyInvalid", "There is no such user, or not any more.")
        }
        StartCheckoutError::AlreadySubscribed(_) => {
            ApiError::invalid("The user has a subscription already that excludes this one.")
        }
        StartCheckoutError::SubscriptionChanged(_) => ApiError::invalid("The subscription has changed."),
        StartCheckoutError::SubscriptionEnded(_) => ApiError::invalid("The subscription has ended."),
        StartCheckoutError::AddonAlreadyThere(_) => addon_already_there(),
        StartCheckoutError::RenewingAddon | StartCheckoutError::AddonDoesNotFit(_) => {
            ApiError::invalid("The add-on does not fit the subscription.")
        }
        StartCheckoutError::Payments(error) if rejected => ApiError::internal(error),
        StartCheckoutError::PriceNotAtStripe(_)
        | StartCheckoutError::PriceDiffers { .. }
        | StartCheckoutError::PriceChanged { .. }
        // Who orders a SIM and a number has been told of them by the name of the property.
        | StartCheckoutError::Sim(_)
        | StartCheckoutError::Porting(_)
        | StartCheckoutError::Deliver(_) => ApiError::internal(error),
        StartCheckoutError::Contended | StartCheckoutError::Confirming(_) => another_purchase_is_under_way(),
        StartCheckoutError::Account(error) => ApiError::unavailable(error),
        // What became of the charge is not known yet. It will not be made twice, and it is found out by itself.
        StartCheckoutError::Payments(_) | StartCheckoutError::Settle(_) => {
            ApiError::new(ErrorKind::Internal, "The payment service did not answer in time.")
                .hinting("Send the request again with the same Idempotency-Key. Without one, look first, in a few minutes, whether it was bought.")
        }
        StartCheckoutError::Store(error) => error.into(),
    }
}

/// What is not decided yet comes first.
pub(crate) fn another_purchase_is_under_way() -> ApiError {
    ApiError::new(ErrorKind::Conflict, "Another purchase of this user is under way.").retry_after(1)
}

/// What renews is had once.
pub(crate) fn addon_already_there() -> ApiError {
    let message = "The subscription has this add-on already, and it renews.";
    ApiError::invalid_property("addon", "propertyInvalid", message)
}

/// Why a product cannot be ordered. `property` names it.
pub(crate) fn refuse_order(error: OrderError, property: &'static str) -> ApiError {
    let message = match error {
        OrderError::UnknownProduct(_) => "There is no such product.",
        OrderError::NotAvailable(_) | OrderError::NoPrice(_) => "The product is not available.",
        OrderError::AddonDoesNotFit(_) => "The add-on does not fit the subscription.",
        OrderError::Money(error) => return ApiError::internal(error),
        OrderError::Store(error) => return error.into(),
    };
    ApiError::invalid_property(property, "propertyInvalid", message)
}
