//! Another plan for a subscription: which ones fit, what they cost, and how one comes true.
//!
//! reserve (one transaction) → ask Stripe, with a key made from the change's id → follow what Stripe bills
//! ([`super::follow`]). A swap that is not paid at once waits ([`unpaid`]). Each step can be run again after a crash at any
//! point; a sweep does so.

mod addons;
mod agreed;
mod bought;
mod bring_back;
mod buy;
mod carry_out;
mod choice;
mod cost;
mod due;
mod make_way;
mod start;
mod succession;
mod unpaid;
mod way;
mod withdraw;

pub(crate) use addons::{arrange_again, arrange_again_later, plan_to_come, will_be_free};
pub use agreed::{Agreed, AgreedChange};
pub(crate) use bought::{become_bought_plan, is_still_wanted};
pub use buy::{charge_plan, order_of_plan};
pub use carry_out::{CarryOutError, carry_out as carry_out_change, sweep_subscription_changes, unarrange};
pub use choice::{
    ChoiceError, CurrentPlan, PlanChoice, addons_in_the_way, find_choice, find_current, list_choices,
};
pub(crate) use choice::{choose_free_later, find_current_resumed, goes_on_beside};
pub use cost::{PlanCost, price_choice, price_choice_and_renewal, price_choices, price_swap};
pub(crate) use make_way::keep_plan;
pub use make_way::{make_way, turn_back};
pub use start::{ChangePlan, ChangePlanError, PlannedChange, change_plan, make_change, plan_change};
pub(super) use succession::succeed_if_billed;
pub use succession::{Succession, reserve_succession};
pub(super) use unpaid::fail_if_voided;
pub use way::Way;
pub(crate) use withdraw::is_change_under_way;
pub use withdraw::{DeleteChangeError, WithdrawError, delete_subscription_change};
pub(super) use withdraw::{Withdrawn, release_open};
