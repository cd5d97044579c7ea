//! What Stripe tells us: verify, keep, answer; work on it later, one subject at a time.

mod apply;
mod forget;
mod inbox;
mod receive;
mod sweep;

pub use apply::{ApplyEventsError, apply_stripe_events, retry_event};
pub use forget::forget_old_payloads;
pub use receive::{Intake, ReceiveError};
pub use sweep::sweep_stripe_events;
