//! What became of the latest deliveries, for the overview page.

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// One event on its way to one endpoint.
pub(crate) struct RecentDelivery {
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    pub(crate) url: String,
    /// `pending`, `delivered` or `failed`.
    pub(crate) state: String,
    pub(crate) attempts: i64,
    /// The endpoint's last answer, if it gave one.
    pub(crate) last_status: Option<i64>,
}

/// The latest deliveries, newest first.
pub(crate) fn recent(tx: &Tx<'_>, limit: i64) -> Result<Vec<RecentDelivery>, ApiError> {
    let mut statement = tx.connection.prepare_cached(
        "SELECT event, endpoint, state, attempts, last_status FROM deliveries ORDER BY sequence DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([limit])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let (event_id, endpoint): (String, String) = (row.get(0)?, row.get(1)?);
        let event_type = tx.find_event(&event_id)?.and_then(|event| event.owned("type"));
        let url = tx.find(&endpoint)?.and_then(|endpoint| endpoint.owned("url"));
        deliveries.push(RecentDelivery {
            event_id,
            event_type: event_type.unwrap_or_default(),
            url: url.unwrap_or_else(|| "(deleted endpoint)".to_owned()),
            state: row.get(2)?,
            attempts: row.get(3)?,
            last_status: row.get(4)?,
        });
    }
    Ok(deliveries)
}
