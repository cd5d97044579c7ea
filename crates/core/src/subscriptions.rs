//! What happens to a subscription after it was bought.

mod activate;
mod addons;
mod after_end;
mod arrears;
mod awaited;
mod billed_addons;
mod cancel;
mod cancellation_request;
mod collection;
mod create;
mod debts;
mod end_now;
mod failed_payment;
mod follow;
mod invoices;
mod money_back;
mod next_charge;
mod payments;
mod picture;
mod plan_change;
mod renewals;
mod stop_billing;
mod sync;
mod turn_due;

pub use activate::{ActivateError, ActivateInError, activate_subscription};
pub(crate) use activate::{activate_addons_in, activate_in, has_number};
pub use addons::{CreateAddonError, EndAddonError, addon_of_checkout, create_addon, end_addon};
pub(crate) use awaited::{Awaited, look_at_awaited};
pub(crate) use cancel::cancel_at;
pub use cancel::{
    CancelError, cancel_for_customer, cancel_subscription, ends_at_once, find_up_to_date, resume_subscription,
};
pub use collection::align_collection;
pub use create::{
    CreateSubscriptionError, DeviceModelProblem, NewSubscriptionRequest, Requirement, SimRequest,
    create_subscription,
};
pub(crate) use debts::look_at_debts;
pub use end_now::end_subscription;
pub(crate) use end_now::end_with;
pub(crate) use money_back::refund_unless_disputed;
pub use money_back::{end_disputed_later, sync_refund};
pub use next_charge::next_charge;
pub(crate) use next_charge::renewing_addons;
pub use payments::{RefundSubscriptionError, refund_payment, refund_subscription};
pub(crate) use payments::{keep_payment, note_arrival, record_attempt};
pub(crate) use picture::take_picture;
pub use plan_change::{
    Agreed, AgreedChange, CarryOutError, ChangePlan, ChangePlanError, ChoiceError, CurrentPlan,
    DeleteChangeError, PlanChoice, PlanCost, PlannedChange, Succession, Way, WithdrawError,
    addons_in_the_way, carry_out_change, change_plan, charge_plan, delete_subscription_change, find_choice,
    find_current, list_choices, make_change, make_way, order_of_plan, plan_change, price_choice,
    price_choice_and_renewal, price_choices, price_swap, reserve_succession, sweep_subscription_changes,
    turn_back, unarrange,
};
pub(crate) use plan_change::{
    arrange_again, arrange_again_later, become_bought_plan, choose_free_later, find_current_resumed,
    goes_on_beside, is_change_under_way, is_still_wanted, keep_plan, plan_to_come, will_be_free,
};
pub use renewals::sweep_renewals;
pub use stop_billing::{StopBillingError, close_billing, stop_billing};
pub(crate) use sync::{ROUNDS, apply_picture};
pub use sync::{SyncError, Synced, sync_subscription};
pub(crate) use turn_due::end_in;
pub use turn_due::turn_due_subscriptions;
