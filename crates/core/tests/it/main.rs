//! The core's use cases against a real database and the Stripe sandbox, all in one process.

mod buying;
mod laws;
mod webhooks;
