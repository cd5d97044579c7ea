//! The machine's own limits, found in the same run: the same bytes from a route that does nothing, and the same SQL
//! through the bare drivers. What a figure lacks to them is what Perennial costs.

pub(crate) mod postgres;
pub(crate) mod route;
pub(crate) mod sqlite;
pub(crate) mod work;
