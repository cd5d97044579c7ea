//! Time, as an argument.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock, moved forward: for the demo.
#[derive(Debug, Default)]
pub struct ShiftedClock {
    ahead_us: AtomicI64,
}

impl ShiftedClock {
    /// A clock that is so far ahead already.
    pub fn ahead_by(ahead: SignedDuration) -> Self {
        let clock = Self::default();
        clock.advance(ahead);
        clock
    }

    /// How far ahead of the machine's clock it is.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_micros(self.ahead_us.load(Ordering::SeqCst))
    }

    /// Moves the clock forward to this time; one that is past changes nothing.
    pub fn reach(&self, time: Timestamp) {
        self.advance(time.duration_since(self.now()));
    }

    /// Moves the clock forward, never back.
    pub fn advance(&self, by: SignedDuration) {
        let microseconds = i64::try_from(by.as_micros()).unwrap_or(i64::MAX).max(0);
        self.ahead_us.fetch_add(microseconds, Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().saturating_add(self.ahead()).unwrap_or(Timestamp::MAX)
    }
}

/// A clock that stands still until it is told to move: for tests.
#[derive(Debug)]
pub struct FixedClock {
    now_us: AtomicI64,
}

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(now: Timestamp) -> Self {
        Self { now_us: AtomicI64::new(now.as_microsecond()) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        self.now_us.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now_us.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_clock_reaches_what_is_to_come_and_never_goes_back() {
        let clock = ShiftedClock::ahead_by(SignedDuration::from_hours(1));
        let target = clock.now() + SignedDuration::from_hours(5);
        clock.reach(target);
        assert!(clock.now() >= target);
        clock.reach(target - SignedDuration::from_hours(24));
        assert!(clock.now() >= target);
        assert!(clock.ahead() >= SignedDuration::from_hours(5));
    }
}
