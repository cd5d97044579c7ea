//! contracts/projects-api.md §2.3 and §2.4.

mod addresses;
mod create;
mod delete;
mod search;
mod update;
