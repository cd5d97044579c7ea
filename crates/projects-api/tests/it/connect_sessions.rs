//! contracts/projects-api.md §2.13.

mod create;
mod intents;
mod update;
