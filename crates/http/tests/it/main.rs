//! The routes that are no door's own.

mod health;
mod webhooks;
