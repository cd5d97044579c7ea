//! An optional limit on how fast one key may ask. It counts on this node alone.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use perennial_domain::ApiKeyId;

use crate::{ApiError, ErrorKind};

/// Counts requests per key. Keys come from the database, so their number has an end.
#[derive(Clone)]
pub(crate) struct Limits(Arc<DefaultKeyedRateLimiter<ApiKeyId>>);

impl Limits {
    /// So many requests a second, in bursts of as many.
    pub(crate) fn per_second(requests: NonZeroU32) -> Self {
        Self(Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(requests))))
    }

    /// Counts one request, or refuses it with the time to wait.
    pub(crate) fn check(&self, key: ApiKeyId) -> Result<(), ApiError> {
        self.0.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            ApiError::new(ErrorKind::TooManyRequests, "Too many requests. Try again in a moment.")
                .retry_after(whole_seconds(wait))
        })
    }
}

/// `Retry-After` has no fractions; asking a little late is better than in vain.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::Id;
    use uuid::Uuid;

    #[test]
    fn one_key_never_slows_another_down() {
        let limits = Limits::per_second(NonZeroU32::MIN);
        let [first, second] = [1, 2].map(|number| ApiKeyId::from_uuid(Uuid::from_u128(number)));
        assert!(limits.check(first).is_ok());
        assert_eq!(limits.check(first).unwrap_err().kind(), ErrorKind::TooManyRequests);
        assert!(limits.check(second).is_ok());
    }

    #[test]
    fn a_fraction_of_a_second_is_waited_out() {
        assert_eq!(whole_seconds(Duration::from_millis(1_001)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(1)), 1);
    }
}
