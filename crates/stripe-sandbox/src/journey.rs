//! What comes next by the clock: for owners who move their clock themselves, and want to stop wherever something happens.

use crate::ApiError;
use crate::fields::Fields;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// When the first thing is due, by `until`, in seconds since the epoch. [`Sandbox::tick`] does it once the clock is
    /// there. What is bound to a test clock goes by that, and is not asked.
    pub async fn next_due_at(&self, until: i64) -> Result<Option<i64>, ApiError> {
        self.read(|tx| Ok(tx.next_due(None, until)?.map(|due| due.amount("_due_at")))).await
    }
}
