//! What happens to a subscription after it was bought.

mod activate;
mod end_due;
mod sync;

pub use activate::{ActivateError, ActivateInError, activate_subscription};
pub(crate) use activate::{activate_in, has_number};
pub use end_due::end_due_subscriptions;
pub(crate) use end_due::end_in;
pub use sync::{SyncError, Synced, sync_refund, sync_subscription};
