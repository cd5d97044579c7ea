//! The pages as types: what each shows, with sample values, and the template that shows it.
//!
//! A route fills a page from `core`, chooses a [`Frame`] and answers [`Page::render`]. Nothing here decides anything.
//!
//! Every form posts back to the path it was served from, carries the hidden field `form_token`, and names its buttons `action`:
//!
//! | page | fields | values of `action` |
//! |---|---|---|
//! | [`checkout::NamePage`] | `full_name` | `continue`, `back` |
//! | [`checkout::BirthdayPage`] | `birthday_day`, `birthday_month`, `birthday_year` | `continue`, `back` |
//! | [`checkout::AddressPage`] | `country`, `line1`, `line2`, `postal_code`, `city`, `state` | `continue`, `change_country`, `back` |
//! | [`checkout::DevicePage`] | `imei` | `continue`, `back` |
//! | [`checkout::SimPage`] | `sim_choice` = `new` or `own`, `iccid` | `continue`, `back` |
//! | [`checkout::NumberPage`] | `number_choice` = `new` or `keep`, `phone_number`, `account_number` | `continue`, `back` |
//! | [`checkout::ReviewPage`] | `voucher`; beside `pay` the hidden `due`, the sum that was shown in minor units | `pay`, `apply_voucher`, `remove_voucher`, `back` |
//!
//! | [`manage::SubscriptionPage`] | | the [`manage::Task::action`] of each task that is allowed, `back` |
//! | [`manage::CancelPage`] | `reason`, `comment`; hidden `ending`, see [`manage::Ending::value`] | `cancel`, `keep` |
//! | [`manage::ResumePage`] | | `resume`, `back` |
//! | [`manage::ChangePlanPage`] | `plan` | `continue`, `back` |
//! | [`manage::NoOtherPlanPage`] | | `buy_addon`, `back` |
//! | [`manage::ChooseAddonPage`] | `addon` | `continue`, `back` |
//! | [`manage::ChangeReviewPage`] | hidden `plan`, `due` and `next`, the sums that were shown in minor units | `confirm`, `change_card`, `back` |
//! | [`manage::AddonPage`] | hidden `due` | `pay`, `change_card`, `back` |
//! | [`manage::CardPage`] | | `use_another`, `back` |
//! | [`manage::ConfirmPaymentPage`] | | `continue`, `change_card` |
//! | [`manage::EditNamePage`] | `full_name` | `save`, `back` |
//! | [`manage::EditAddressPage`] | as [`checkout::AddressPage`] | `save`, `change_country`, `back` |
//! | [`business::ChangeFormPage`], [`business::PurchaseFormPage`] | what the address said; hidden sums that were shown | `confirm`, `another_card`, `leave` |
//! | [`business::CancelFormPage`] | what the address said | `confirm`, `leave` |
//! | [`login::EmailPage`] | `email` | `send` |
//! | [`login::CodePage`] | `code` | `verify`, `resend`, `other_email` |
//!
//! The button "Leave" posts only the form's token, to [`Frame::leave_path`]. `?lang=de` on any page changes its language.

pub mod address;
pub mod business;
pub mod checkout;
pub mod fields;
pub mod form;
pub mod frame;
pub mod gallery;
pub mod login;
pub mod manage;
pub mod notice;
pub mod problem;
pub mod summary;

pub use self::frame::{Frame, Merchant, Progress};
pub use self::notice::{Notice, NoticePage, PaymentFailure, WayOut};
pub use self::problem::Problem;

/// Something a customer can be shown.
pub trait Page: Sized {
    /// The template's path below `templates/`.
    const TEMPLATE: &'static str;

    /// Values that together show every state of the page: tests render them in each language and theme.
    fn samples() -> Vec<Self>;

    /// The page as HTML. Fails only if a template cannot be written out, which is our mistake and nobody else's.
    fn render(&self, frame: &Frame) -> Result<String, askama::Error>;
}

/// Ties a page to its template. In the template `page` is the page, `frame` what surrounds it and `t` its translator.
macro_rules! page {
    ($page:ty, $template:literal, $samples:expr) => {
        impl $crate::pages::Page for $page {
            const TEMPLATE: &'static str = $template;

            fn samples() -> Vec<Self> {
                $samples
            }

            fn render(&self, frame: &$crate::pages::Frame) -> Result<String, askama::Error> {
                #[derive(askama::Template)]
                #[template(path = $template)]
                struct View<'a> {
                    page: &'a $page,
                    frame: &'a $crate::pages::Frame,
                    t: $crate::i18n::Translator<'a>,
                }
                askama::Template::render(&View { page: self, frame, t: frame.translator() })
            }
        }
    };
}

pub(crate) use page;
