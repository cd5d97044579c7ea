//! How often to try a call, and how long to wait between tries.

use std::time::Duration;

/// How often a call is tried, and the pauses in between.
///
/// Pauses double from `first_pause` up to `longest_pause`, each shortened by chance to between a
/// half and the whole, so that many clients do not come back at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first one included.
    pub tries: u32,
    /// The upper bound of the first pause.
    pub first_pause: Duration,
    /// The upper bound of every pause. A server that asks for more patience than this has its
    /// refusal handed to the caller at once: coming back earlier than asked helps nobody.
    pub longest_pause: Duration,
}

impl RetryPolicy {
    /// One try, whatever comes of it.
    pub const NEVER: Self = Self { tries: 1, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

    /// The pause after try number `tries`, or `None` to give up. `asked` is the server's `Retry-After`.
    pub(crate) fn pause_after(&self, tries: u32, asked: Option<Duration>) -> Option<Duration> {
        if tries >= self.tries {
            return None;
        }
        if let Some(asked) = asked {
            return (asked <= self.longest_pause).then_some(asked);
        }
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        Some(doubled.min(self.longest_pause).mul_f64(rand::random_range(0.5..=1.0)))
    }
}

impl Default for RetryPolicy {
    /// Three tries, with pauses of up to a quarter and half a second: short enough for a person who
    /// waits for a page.
    fn default() -> Self {
        Self { tries: 3, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(4) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        tries: 9,
        first_pause: Duration::from_millis(100),
        longest_pause: Duration::from_secs(1),
    };

    #[test]
    fn pauses_double_up_to_the_longest() {
        for (tries, upper_ms) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (8, 1000)] {
            let pause = POLICY.pause_after(tries, None).unwrap();
            let upper = Duration::from_millis(upper_ms);
            assert!(pause >= upper / 2 && pause <= upper, "{tries}: {pause:?}");
        }
    }

    #[test]
    fn the_last_try_has_no_pause_after_it() {
        assert_eq!(POLICY.pause_after(9, None), None);
        assert_eq!(RetryPolicy::NEVER.pause_after(1, None), None);
    }

    #[test]
    fn a_server_that_asks_for_too_much_patience_is_not_tried_again() {
        assert_eq!(POLICY.pause_after(1, Some(Duration::from_secs(1))), Some(Duration::from_secs(1)));
        assert_eq!(POLICY.pause_after(1, Some(Duration::from_secs(2))), None);
    }
}
