//! The pages as a customer and a browser meet them: every page, in every state, language and theme.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

mod addon_banks;
mod addons;
mod business;
mod cards;
mod change;
mod change_rhythm;
mod first_payment;
mod guest;
mod hostile;
mod html;
mod late;
mod locales;
mod login;
mod logs;
mod mails;
mod outages;
mod pages;
mod portal;
mod presets;
mod purchase;
mod refused_prices;
mod renewal_hour;
mod renewal_sums;
mod still_owed;
mod stylesheet;
mod taken;
mod twice;
mod visits;
mod vouchers;
