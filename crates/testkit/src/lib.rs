//! What tests share: a database of their own, and more to come.

mod database;

pub use database::TestDatabase;
