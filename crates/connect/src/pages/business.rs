//! The forms of the third door: buying, changing a plan and cancelling by a link (contracts/business-api.md §9).
//!
//! Each form posts to its own path, and carries beside its one-time token what its address said.

mod cancel;
mod change;
mod parts;
mod purchase;
mod refusal;
mod samples;

pub use self::cancel::CancelFormPage;
pub use self::change::ChangeFormPage;
pub use self::parts::{Asked, Pays};
pub use self::purchase::{PurchaseFormPage, PurchaseItem, PurchaseNotice};
pub use self::refusal::FormRefusal;
