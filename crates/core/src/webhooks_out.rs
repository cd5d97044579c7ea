//! Webhooks that leave the house: who is told what happened, and how it gets there.
//!
//! Deliveries are written in the transaction of their event (`events/publish.rs`). From then on a receiver is sent what waits
//! for it by one node at a time, lane by lane in order, so that one that is dead delays nobody else. What comes *in* from
//! Stripe is in `webhooks`.

mod change;
mod control;
mod endpoints;
mod forget;
mod load;
mod log;
mod outcome;
mod round;
mod secrets;
mod shipment;
mod signature;
mod subscribe;
mod target;

pub use change::{EndpointPatch, UpdateEndpointError, update_endpoint};
pub use control::{Replay, TestError, disable, enable, replay, send_test};
pub use endpoints::{NewEndpoint, NewEndpointError, add_endpoint, remove_endpoint};
pub use forget::forget_deliveries;
pub use load::Window;
pub use log::{find, page, page_of_deliveries};
pub use round::{
    Round, RoundError, claim_endpoints, claim_endpoints_of, release_endpoint, rest_endpoint, send_round,
};
pub use secrets::{RotateError, rotate_secret};
pub(crate) use subscribe::end_with_token;
pub use subscribe::{EventWish, SubscribeError, list, subscribe, unsubscribe};
pub use target::{TargetError, check_target, is_public};

pub use perennial_store::tables::{Claimable, EndpointClaim};

use secrets::fresh_signing_secret;
