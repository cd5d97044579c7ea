//! What the doors share: keys, errors, strict reading of bodies and queries, lists, idempotency, limits, and the
//! server around them.
//!
//! A door declares its routes, puts the [`Guard`] and [`cors`] before them, and writes handlers with the extractors
//! of this crate; each extractor refuses in the one envelope of [`ApiError`]. No business rule lives here.

mod body;
mod cors;
mod error;
mod guard;
mod health;
mod idempotency;
mod ids;
mod keys;
mod limits;
mod lists;
mod openapi;
mod path;
mod query;
mod reply;
mod server;
mod strict;
mod time;
mod webhooks;

pub use body::{JsonBody, MAX_BODY_BYTES, OptionalBody};
pub use cors::cors;
pub use error::{ApiError, ErrorKind};
pub use guard::{ApiOptions, Guard};
pub use health::health;
pub use idempotency::{SameRequest, key_of as idempotency_key, run_once};
pub use ids::WireId;
pub use keys::ProjectKey;
pub use lists::ListBody;
pub use openapi::{ApiTitle, documented};
pub use path::PathOf;
pub use query::{Csv, ListQuery, NoParameters, NoQuery, QueryOf, page_limits};
pub use reply::{Created, Written, answered_with};
pub use server::{HandlerPanicked, catch_panics, server, unknown_path};
pub use time::WireTime;
pub use webhooks::stripe_webhooks;
