//! The pages on which a customer looks after what they have: see it, change it, end it, pay for it.

mod addon;
mod cancel;
mod card;
mod change;
mod change_review;
mod choose_addon;
mod confirm_payment;
mod cost;
mod details;
mod managed;
mod parts;
mod resume;
pub(crate) mod samples;
mod standing;
mod subscription;
mod subscriptions;

pub use self::addon::{AddonPage, CartAddon, Lasts};
pub use self::cancel::{CancelPage, Ending};
pub use self::card::{CardNotice, CardPage};
pub use self::change::{ChangePlanPage, NoOtherPlanPage, PlanOption};
pub use self::change_review::ChangeReviewPage;
pub use self::choose_addon::{AddonOption, ChooseAddonPage};
pub use self::confirm_payment::ConfirmPaymentPage;
pub use self::cost::{Cost, Difference, Proration, ProrationLabel};
pub use self::details::{EditAddressPage, EditNamePage};
pub use self::managed::{Managed, ManagedPage};
pub use self::parts::{CurrentPlan, NextPayment, PaymentNotice, SavedCard};
pub use self::resume::ResumePage;
pub use self::standing::{OpenPayment, Standing};
pub use self::subscription::{OwnedAddon, ScheduledChange, SubscriptionPage, Task};
pub use self::subscriptions::{SubscriptionCard, SubscriptionsPage};
