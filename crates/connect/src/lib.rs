//! The hosted pages, where a customer decides and pays.
//!
//! [`pages`] says what each page shows and [`mails`] what each mail says, [`i18n`] and [`format`](mod@format) in which
//! words, [`theme`] and [`assets`] how it looks. Pages and mails are plain data that render themselves: what is true is
//! decided in `core`.

pub mod assets;
pub mod format;
mod from_core;
pub mod i18n;
pub mod mails;
pub mod pages;
pub mod routes;
pub mod theme;
