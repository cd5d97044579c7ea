//! How long to wait for Stripe, and how often to ask.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// No call takes longer than this unless told otherwise, tries and waits together: someone may be waiting before a page.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The first and three more.
const TRIES: u32 = 4;
/// The longest wait before the second try; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// A longer `Retry-After` is not waited for: the caller asks again later, with the same key.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Waits between two tries. A port of its own, so that tests do not sleep.
pub trait Pause: Send + Sync {
    /// Waits that long.
    fn pause(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Waits on tokio's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioPause;

impl Pause for TokioPause {
    fn pause(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// How long to wait after `tries` tries; `None` when that was the last.
///
/// Half of the wait is chance, so that callers who were turned away together do not come back together.
pub(crate) fn wait_after(tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
    if tries >= TRIES {
        return None;
    }
    let backoff = FIRST_WAIT * 2_u32.pow(tries.saturating_sub(1));
    let wait = backoff.mul_f64(rand::random_range(0.5..=1.0)).max(retry_after.unwrap_or_default());
    (wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        for (tries, most) in [(1, 500), (2, 1_000), (3, 2_000)] {
            let wait = wait_after(tries, None).unwrap();
            let most = Duration::from_millis(most);
            assert!(wait >= most / 2 && wait <= most, "{wait:?} after {tries}");
        }
        assert_eq!(wait_after(4, None), None);
    }

    #[test]
    fn stripe_may_ask_for_more_time_but_not_for_any() {
        assert_eq!(wait_after(1, Some(Duration::from_secs(3))), Some(Duration::from_secs(3)));
        assert_eq!(wait_after(1, Some(Duration::from_mins(1))), None);
    }
}
