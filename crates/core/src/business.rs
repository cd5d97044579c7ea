//! Businesses: customers of a directory, whose staff and whose apps buy and manage through the third door
//! (contracts/business-api.md).
//!
//! A business is a customer whose `external_id` is its uid, its staff are members, and what it holds are the same
//! subscriptions as everybody's. What a business buys is always a subscription of its own, also where it is called an
//! add-on.

mod apps;
mod bundles;
mod businesses;
mod callers;
mod create;
mod directories;
pub mod forms;
mod grant;
mod held_apps;
mod listing;
mod purchasables;
mod room;
mod set_state;
mod staff;
mod suspend;
mod token_requests;
mod tokens;
mod uids;

pub(crate) use apps::create_app_of_hash;
pub use apps::{
    NewApp, RotateAppSecretError, SaveAppError, ServiceTokenError, create_app, find_app, issue_service_token,
    list_apps, rotate_app_secret,
};
pub use bundles::is_bundled_price;
pub(crate) use bundles::{end_bundle, follow_parent, give_bundle, regive_bundle, turn_with_parent};
pub use businesses::{NewBusiness, SaveBusinessError, create_business, find_business, list_businesses};
pub use callers::{Caller, NarrowError, find_caller, narrow};
pub use create::{Create, CreateError, create_subscription};
pub use directories::{NewDirectory, create_directory, list_directories};
pub use grant::{Grant, GrantError, grant_in};
pub use held_apps::{had_app_before, has_app_otherwise};
pub use listing::{
    Listing, ListingError, ListingQuery, Names, count, find_one, find_with_directory, line_of, page, resolve,
    row_at, whose,
};
pub use purchasables::{
    OfferError, OfferRequest, Purchasable, all_prices, find_offer, find_purchasable, offer_of, purchasables,
    read_payment_type,
};
pub use set_state::{NewState, SetStateError, set_state};
pub use staff::{NewStaff, add_staff, list_staff};
pub use suspend::{SuspendError, suspend, unsuspend};
pub use token_requests::{
    IssueTokenError, SeenToken, TokenQuery, TokenRequest, issue_token, revoke_seen_token, seen_tokens,
};
pub(crate) use tokens::create_token_of_hash;
pub use tokens::{
    NewToken, SaveTokenError, create_token, list_tokens, revoke_token, revoke_token_by_secret,
    sweep_business_tokens, token_by_secret,
};
