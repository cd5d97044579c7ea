//! What an HTTP answer means: done, refused, or ask again.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use perennial_core::ports::{PaymentsError, Refusal, RefusalKind};
use serde::Deserialize;

/// What an HTTP answer means.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// There is an answer, whether a good one or not.
    Final(Result<Bytes, PaymentsError>),
    /// Nothing is decided: the same request may be sent again.
    AskAgain {
        /// What stood in the way.
        reason: String,
        /// How long Stripe wants to be left alone.
        retry_after: Option<Duration>,
    },
}

/// Reads an answer (<https://docs.stripe.com/api/errors>, <https://docs.stripe.com/error-low-level>).
pub(crate) fn judge(response: Response<Bytes>) -> Verdict {
    let status = response.status();
    if status.is_success() {
        return Verdict::Final(Ok(response.into_body()));
    }
    let asked_to_retry = match text(&response, "stripe-should-retry") {
        Some("true") => true,
        Some("false") => false,
        _ => may_pass(status),
    };
    if asked_to_retry {
        let seconds = text(&response, header::RETRY_AFTER.as_str()).and_then(|value| value.parse().ok());
        return Verdict::AskAgain {
            reason: no_answer(status),
            retry_after: seconds.map(Duration::from_secs),
        };
    }
    if may_pass(status) {
        return Verdict::Final(Err(PaymentsError::NoAnswer(no_answer(status))));
    }
    Verdict::Final(Err(match serde_json::from_slice::<Envelope>(response.body()) {
        Ok(envelope) if status.is_client_error() => PaymentsError::Refused(envelope.error.refusal(status)),
        _ => PaymentsError::Nonsense(format!("HTTP {} without Stripe's error object", status.as_u16())),
    }))
}

/// Whether the same request may fare better later: another request holds the object or the key (409), too many
/// requests (429), or a fault on Stripe's side.
fn may_pass(status: StatusCode) -> bool {
    status == StatusCode::CONFLICT || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn no_answer(status: StatusCode) -> String {
    format!("HTTP {}", status.as_u16())
}

fn text<'r>(response: &'r Response<Bytes>, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

#[derive(Deserialize)]
struct Envelope {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    param: Option<String>,
}

impl ErrorObject {
    fn refusal(self, status: StatusCode) -> Refusal {
        let kind = self.refusal_kind(status);
        // A key that comes back with other parameters has a type of its own, but no code.
        let code = self.code.or_else(|| self.kind.filter(|kind| kind == "idempotency_error"));
        let message = self.message.unwrap_or_else(|| no_answer(status));
        Refusal { kind, code, decline_code: self.decline_code, message }
    }

    fn refusal_kind(&self, status: StatusCode) -> RefusalKind {
        match (self.kind.as_deref(), self.code.as_deref()) {
            (Some("card_error"), _) => RefusalKind::Card,
            // Before any words: a permission that a key lacks may be called after coupons.
            _ if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                RefusalKind::Credentials
            }
            _ if self.is_about_discount() => RefusalKind::Discount,
            // An unknown id in the path is a 404, one among the parameters a 400.
            (_, Some("resource_missing")) => RefusalKind::NotFound,
            _ if status == StatusCode::NOT_FOUND => RefusalKind::NotFound,
            _ => RefusalKind::Invalid,
        }
    }

    /// The parameter that Stripe names decides. Where it names none (that is not documented for any of a code's
    /// restrictions), its sentence does: "This promotion code cannot be redeemed because …".
    fn is_about_discount(&self) -> bool {
        match (&self.param, &self.message) {
            (Some(param), _) => DISCOUNT_PARAMETERS.iter().any(|name| param.starts_with(name)),
            (None, Some(message)) => {
                let message = message.to_lowercase();
                DISCOUNT_WORDS.iter().any(|word| message.contains(word))
            }
            (None, None) => false,
        }
    }
}

/// Where discounts are named in requests (<https://docs.stripe.com/billing/subscriptions/coupons>).
const DISCOUNT_PARAMETERS: [&str; 3] = ["discounts", "promotion_code", "coupon"];
const DISCOUNT_WORDS: [&str; 2] = ["promotion code", "coupon"];
