//! PostgreSQL, next.
use crate::{OpenError, StoreOptions, store::Threads};
pub(crate) async fn open(_: &str, _: &StoreOptions) -> Result<Threads, OpenError> {
    Err(OpenError::Unusable("PostgreSQL is not built yet".into()))
}
