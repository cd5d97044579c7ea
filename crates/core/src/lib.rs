//! Use cases, one file each, and the ports they need.

pub mod context;
pub mod ports;
pub mod secrets;
