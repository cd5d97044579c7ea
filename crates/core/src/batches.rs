//! Much of the same, done in transactions that are short each.

use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};

/// One run ends after so many; the next one goes on.
const MOST_BATCHES: u32 = 100;

/// Does one batch after the other until there is nothing left, a transaction each so that no writer waits for long; answers how
/// much was done.
pub(crate) async fn in_batches(
    app: &App,
    batch: impl Fn(&Cx, &mut Tx<'_>) -> Result<u64, StoreError> + Copy + Send + Sync + 'static,
) -> Result<u64, StoreError> {
    let mut done = 0;
    for _ in 0..MOST_BATCHES {
        match app.write(batch).await? {
            0 => break,
            some => done += some,
        }
    }
    Ok(done)
}
