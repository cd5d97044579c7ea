//! The postal addresses of one user (contract §2.4). They are added and deleted, never changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::creation::Creation;
use crate::error::Error;
use crate::ids::{AddressId, UserId};
use crate::page::{List, Page, Paging};
use crate::request::Call;

/// Calls about one user's addresses.
#[derive(Debug, Clone)]
pub struct Addresses<'a> {
    pub(crate) client: &'a Client,
    pub(crate) user: UserId,
}

impl Addresses<'_> {
    /// The user's addresses.
    pub async fn list(&self, paging: &Paging) -> Result<Page<Address>, Error> {
        List::new(self.path()).page(self.client, paging).await
    }

    /// Adds an address. Refused with code `userAddressAlreadyExists` or `userAddressInvalid`, the
    /// latter with details.
    pub fn create(&self, address: &NewAddress) -> Creation<'_, Address> {
        Creation::new(self.client, Call::create(self.path(), address))
    }

    /// One address.
    pub async fn get(&self, address: &AddressId) -> Result<Address, Error> {
        self.client.send(&Call::get(format!("{}/{address}", self.path()))).await
    }

    /// Deletes an address, and answers what was deleted.
    pub async fn delete(&self, address: &AddressId) -> Result<Address, Error> {
        self.client.send(&Call::delete(format!("{}/{address}", self.path()))).await
    }

    fn path(&self) -> String {
        format!("/users/{}/addresses", self.user)
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Address {
    /// Its id.
    pub id: AddressId,
    /// Whose it is.
    pub user: UserId,
    /// Street and number.
    pub line1: String,
    /// What does not fit the first line.
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// In the US and Canada, the two letters of the state or province.
    pub state: Option<String>,
    /// Where the country has them.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// An address to be added.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAddress {
    /// Street and number.
    pub line1: String,
    /// What does not fit the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// Required in the US and Canada: the two letters of the state or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Required where the country has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}
