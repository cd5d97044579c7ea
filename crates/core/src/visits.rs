//! Visits to the hosted pages: from the link an app got, through the questions, to the way back.

mod addon_choice;
mod addons;
mod allowed;
mod answers;
mod buy;
mod cards;
mod change;
mod enter;
mod finish;
mod manage;
mod plan_purchase;
mod preset;
mod purchase;
mod questions;
mod visit;
mod voucher;

pub use addon_choice::{begin_addon_visit, list_fitting_addons};
pub use addons::{AddonVisit, AddonVisitError, BoughtAddons, BuyAddonsError, addon_visit, buy_addons};
pub use allowed::{OwnAction, list_allowed};
pub use answers::{
    AddressAnswer, AnswerError, AnswerField, Mistake, MistakeKind, NumberAnswer, SimAnswer, choose_language,
    choose_number, choose_sim, give_address, give_birthday, give_device, give_name,
};
pub use buy::{Bought, BuyError, VisitUrls, buy};
pub use cards::{
    CardUrls, OwnCard, OwnPayment, Rest, conclude_payment, find_own_card, find_own_payment, find_rest,
    open_own_card_page, price_own_debts, settle_own_card_page, sum_paid_with,
};
pub use change::{ChangeStanding, change_own, settle_own_change};
pub(crate) use enter::BROWSER_KEY_CHARACTERS;
pub use enter::{EnterError, Entered, enter};
pub use finish::{leave, refuse};
pub use manage::{
    OwnAddon, OwnSubscription, cancel_own, find_own, find_own_address, list_own, move_house, rename,
    resume_own,
};
pub(crate) use preset::{apply_presets, keep_named_sim};
pub use purchase::{Purchase, find_purchase, settle_visit};
pub use visit::{
    BrowserKey, CheckoutVisit, CheckoutVisitError, Visit, VisitError, checkout_visit, has_excluding_plan,
    load_visit,
};
pub use voucher::{VoucherError, apply_voucher, remove_voucher};
