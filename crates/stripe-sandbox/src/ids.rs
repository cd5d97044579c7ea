//! Ids with Stripe's prefixes. They are random: nothing may depend on their order.

use rand::RngExt;
use rand::distr::Alphanumeric;

/// A new id such as `cus_9f…`: the prefix, an underscore and 24 letters or digits.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", letters(24))
}

/// A random run of letters and digits.
pub(crate) fn letters(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
