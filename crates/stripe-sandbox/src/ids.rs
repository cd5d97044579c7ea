//! Ids with Stripe's prefixes. Nothing may depend on their order.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::RngExt;
use rand::distr::Alphanumeric;

/// In the order of their bytes.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Enough for far more ids than a sandbox ever makes, wherever it begins to count.
const COUNTING_DIGITS: u32 = 8;
const RANDOM_LETTERS: usize = 16;

/// How many ids there were, counted from somewhere else in each process.
static COUNT: LazyLock<AtomicU64> =
    LazyLock::new(|| AtomicU64::new(rand::rng().random_range(0..62_u64.pow(COUNTING_DIGITS) / 2)));

/// A new id such as `cus_9f…`: the prefix, an underscore and 24 letters or digits.
///
/// As with Stripe, ids that are made one after the other begin alike. Were they random to the first letter, each would
/// change another page of every index it is in, here and in the databases of those who keep it.
pub(crate) fn new_id(prefix: &str) -> String {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let places = (0..COUNTING_DIGITS).rev().map(|place| count / 62_u64.pow(place) % 62);
    let counted = places.map(|digit| usize::try_from(digit).map_or('0', |digit| char::from(DIGITS[digit])));
    format!("{prefix}_{}{}", counted.collect::<String>(), letters(RANDOM_LETTERS))
}

/// A random run of letters and digits.
pub(crate) fn letters(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_process_follow_each_other() {
        let ids = (0..200).map(|_| new_id("cus")).collect::<Vec<_>>();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.len() == 4 + 24 && id.starts_with("cus_")), "{ids:?}");
    }
}
