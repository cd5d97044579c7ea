//! The pages as a customer and a browser meet them: every page, in every state, language and theme.

mod guest;
mod html;
mod locales;
mod pages;
mod purchase;
mod stylesheet;
mod visits;
