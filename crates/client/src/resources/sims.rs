//! SIM cards and eSIMs (contract §2.9).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::error::Error;
use crate::ids::{SimId, UserId};
use crate::open_enum::open_enum;
use crate::page::{List, ListBody, Page, Paging};
use crate::request::Call;
use crate::scalars::Metadata;

/// Calls about SIMs.
#[derive(Debug, Clone, Copy)]
pub struct Sims<'a> {
    pub(crate) client: &'a Client,
}

impl Sims<'_> {
    /// All SIMs, or those that `filter` names.
    pub async fn list(&self, filter: &SimFilter) -> Result<Page<Sim>, Error> {
        List::new("/sims")
            .filter("provider", filter.provider.as_ref())
            .filter("status", &filter.status)
            .filter("type", filter.sim_type.as_ref())
            .filter("user", filter.user.as_ref())
            .page(self.client, &filter.paging)
            .await
    }

    /// One SIM.
    pub async fn get(&self, sim: &SimId) -> Result<Sim, Error> {
        self.client.send(&Call::get(format!("/sims/{sim}"))).await
    }

    /// The SIM with this number on its card: 19 digits and perhaps an `F`, or 20 digits.
    pub async fn search_by_iccid(&self, iccid: &str) -> Result<Option<Sim>, Error> {
        let call = Call::search("/sims/search".to_owned(), &json!({ "iccid": iccid }))?;
        let found: ListBody<Sim> = self.client.send(&call).await?;
        Ok(found.items.into_iter().next())
    }
}

/// Which SIMs to list. The default is all.
#[derive(Debug, Clone, Default)]
pub struct SimFilter {
    /// Only SIMs of this network.
    pub provider: Option<String>,
    /// Only SIMs in one of these states; empty means all.
    pub status: Vec<SimStatus>,
    /// Only this kind of SIM.
    pub sim_type: Option<SimType>,
    /// Only SIMs of this user's subscriptions.
    pub user: Option<UserId>,
    /// Which part of the list.
    pub paging: Paging,
}

/// A SIM card or an eSIM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sim {
    /// Its id.
    pub id: SimId,
    /// The app's labels.
    pub metadata: Metadata,
    /// The number on the card.
    pub iccid: String,
    /// The network's opaque id.
    pub provider: String,
    /// Card or eSIM.
    #[serde(rename = "type")]
    pub sim_type: SimType,
    /// Whether it is in use.
    pub status: SimStatus,
    /// When it was made.
    pub created_at: Timestamp,
}

open_enum! {
    /// Card or eSIM.
    SimType {
        /// Part of the device, filled over the air.
        Esim = "eSIM",
        /// A plastic card.
        Psim = "pSIM",
    }
}

open_enum! {
    /// Whether a SIM is in use.
    SimStatus {
        Inactive = "inactive",
        Active = "active",
        Retired = "retired",
    }
}
