//! Logging in by a code that is sent to an e-mail address, for visits that know nobody yet.

mod digits;

pub(crate) use digits::make_code;

use perennial_store::StoreError;

use crate::context::App;

/// Forgets browsers whose time to say who they are is over, with the addresses that they gave; answers how many.
pub async fn sweep_logins(app: &App) -> Result<u64, StoreError> {
    app.write(|cx, tx| tx.sweep_logins(cx.now() - MEMORY)).await
}

/// How long they are remembered: longer than any limit on codes looks back.
const MEMORY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
