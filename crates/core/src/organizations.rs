//! Organizations: customers with members, who buy, manage and pay through the second door
//! (contracts/organizations-api.md).
//!
//! An organization is a customer whose `external_id` is its id in the operator's own system. Its subscriptions, checkouts
//! and payments are the same rows as everybody's; what is here asks for them in the contract's way.

mod buy;
mod cancel;
mod change_member;
mod checkout_status;
mod ledger;
mod logins;
mod members;
mod note;
mod offers;
mod passwords;
mod pending;
mod portal;
mod signing;
mod standing;
mod step_back;
mod step_down;
mod stripe_prices;
mod tries;

pub use buy::{Bought, Buy, BuyError, PayPage, Replaced, buy};
pub use cancel::{CancelOrganizationError, cancel};
pub use change_member::{MemberPatch, change_member};
pub use checkout_status::{AttemptStatus, PaidStatus, SessionStatus, SessionStatusError, session_status};
pub use ledger::{LedgerEntry, LedgerState, ledger};
pub use logins::{Credentials, LoggedIn, LoginError, RefreshError, log_in, log_out, refresh};
pub use members::{
    NewMember, NewOrganization, SaveMemberError, SaveOrganizationError, create_member, create_organization,
    find_member, find_organization, set_active, set_password,
};
pub(crate) use note::{BuyerNote, buyer_note};
pub use offers::{LineOffer, offers};
pub use passwords::PasswordError;
pub use pending::{Pending, PendingError, Withdrawn, find_pending, withdraw_pending};
pub use portal::{PortalError, open_portal};
pub use signing::{ReplaceSecretError, SigningError, SigningSecret, replace_signing_secret, signing_secrets};
pub use standing::{Standing, StandingStatus, standing};
pub use stripe_prices::{ExaminePricesError, PriceProblem, examine_prices, forget_price, forget_product};
