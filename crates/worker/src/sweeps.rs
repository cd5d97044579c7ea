//! Tasks that come again and again by themselves.

use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_core::tasks::{Task, enqueue_unless_queued};

/// Queues every sweep that is not queued yet. Any number of nodes may do so: the queue keeps one of each. One that
/// failed keeps its pause, so that its attempts last.
pub(crate) async fn enqueue_sweeps(app: &App) -> Result<(), StoreError> {
    app.write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue_unless_queued(cx, tx, sweep))).await
}
