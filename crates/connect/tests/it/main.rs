//! The pages as a customer and a browser meet them: every page, in every state, language and theme.

mod html;
mod locales;
mod pages;
mod stylesheet;
