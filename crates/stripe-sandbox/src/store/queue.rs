//! Those who wait for the writer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// For how long somebody gives way at the most. Who waits writes within some milliseconds.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How many wait, and for what.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<usize>,
    /// Told when nobody waits any more.
    empty: Condvar,
    /// Told whenever the writer is free again.
    freed: Notify,
}

/// Somebody who waits for the writer, until it is dropped.
pub(crate) struct Turn<'q> {
    queue: &'q Queue,
}

/// Tells those who wait when it is dropped.
pub(super) struct Freed<'q>(&'q Notify);

impl Queue {
    /// Waits for the writer from now on, on a thread of one's own.
    pub(super) fn enter(&self) -> Turn<'_> {
        *self.waiting() += 1;
        Turn { queue: self }
    }

    /// Waits until the writer is free, without holding up a thread that has others to serve.
    pub(super) async fn enter_and_wait(&self, is_free: impl Fn() -> bool) -> Turn<'_> {
        let turn = self.enter();
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // Before anybody looks: it may be freed meanwhile.
            freed.as_mut().enable();
            if is_free() {
                return turn;
            }
            freed.await;
        }
    }

    /// For whoever has the writer next.
    pub(super) fn until_freed(&self) -> Freed<'_> {
        Freed(&self.freed)
    }

    /// Waits until nobody else does, but not for ever: whoever has a turn may need this very thread to use it.
    pub(super) fn give_way(&self) {
        let waiting = self.waiting();
        drop(self.empty.wait_timeout_while(waiting, LONGEST_PAUSE, |waiting| *waiting > 0));
    }

    /// How many wait.
    fn waiting(&self) -> MutexGuard<'_, usize> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut waiting = self.queue.waiting();
        *waiting -= 1;
        if *waiting == 0 {
            self.queue.empty.notify_all();
        }
    }
}

impl Drop for Freed<'_> {
    fn drop(&mut self) {
        self.0.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Instant;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn a_turn_comes_when_the_writer_is_free_and_not_when_it_was() {
        let (queue, is_free) = (Queue::default(), Cell::new(false));
        let mut turn = Box::pin(queue.enter_and_wait(|| is_free.get()));
        assert!(poll!(&mut turn).is_pending());
        // Somebody else was faster.
        drop(queue.until_freed());
        assert!(poll!(&mut turn).is_pending());
        is_free.set(true);
        drop(queue.until_freed());
        let turn = turn.await;
        assert_eq!(*queue.waiting(), 1, "until it has written");
        drop(turn);
        assert_eq!(*queue.waiting(), 0);
    }

    #[tokio::test]
    async fn who_gives_up_does_not_wait_any_more() {
        let queue = Queue::default();
        let mut turn = Box::pin(queue.enter_and_wait(|| false));
        assert!(poll!(&mut turn).is_pending());
        drop(turn);
        assert_eq!(*queue.waiting(), 0);
    }

    #[test]
    fn a_long_stretch_gives_way_but_not_for_ever() {
        let queue = Queue::default();
        let _turn = queue.enter();
        let begun = Instant::now();
        queue.give_way();
        assert!(begun.elapsed() >= LONGEST_PAUSE);
    }
}
