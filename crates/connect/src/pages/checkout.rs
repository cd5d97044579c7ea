//! The pages on which a customer buys a plan, in the order in which they meet them.

mod confirming;
mod details;
mod done;
mod number;
mod review;
mod samples;
mod sim;

pub use self::confirming::{Confirming, ConfirmingPage};
pub use self::details::{AddressPage, BirthdayPage, DevicePage, NamePage};
pub use self::done::{DonePage, EsimDetails};
pub use self::number::NumberPage;
pub use self::review::{Choice, Chosen, ReviewNotice, ReviewPage, Voucher};
pub use self::sim::SimPage;
