//! Users: the people who buy (contract §2.3).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::Client;
use crate::creation::Creation;
use crate::error::Error;
use crate::ids::UserId;
use crate::open_enum::open_enum;
use crate::page::{List, ListBody, Page, Paging};
use crate::request::Call;
use crate::scalars::{Metadata, MetadataChanges};

/// Calls about users.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a> {
    pub(crate) client: &'a Client,
}

impl Users<'_> {
    /// All users.
    pub async fn list(&self, paging: &Paging) -> Result<Page<User>, Error> {
        List::new("/users").page(self.client, paging).await
    }

    /// Makes a user. Refused with code `userAlreadyExists` when the e-mail address is taken.
    pub fn create(&self, user: &NewUser) -> Creation<'_, User> {
        Creation::new(self.client, Call::create("/users".to_owned(), user))
    }

    /// One user.
    pub async fn get(&self, user: &UserId) -> Result<User, Error> {
        self.client.send(&Call::get(format!("/users/{user}"))).await
    }

    /// The user with this e-mail address, in any spelling of its case. An address belongs to one
    /// user at most.
    pub async fn search_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let call = Call::search("/users/search".to_owned(), &json!({ "email": email }))?;
        let found: ListBody<User> = self.client.send(&call).await?;
        Ok(found.items.into_iter().next())
    }

    /// Changes what `changes` names and nothing else.
    pub async fn update(&self, user: &UserId, changes: &UserUpdate) -> Result<User, Error> {
        self.client.send(&Call::patch(format!("/users/{user}"), changes)?).await
    }

    /// Deletes a user, and answers what was deleted.
    pub async fn delete(&self, user: &UserId) -> Result<User, Error> {
        self.client.send(&Call::delete(format!("/users/{user}"))).await
    }
}

/// A person who buys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The app's labels.
    #[serde(default)]
    pub metadata: Metadata,
    /// Unique in the project.
    pub email: String,
    /// Whether the person has shown that the address is theirs.
    pub email_verified: bool,
    /// First and last name.
    pub full_name: Option<String>,
    /// Date of birth.
    pub birthday: Option<Date>,
    /// IETF tag such as `en-US`; the hosted pages and mails use it.
    pub preferred_locale: String,
    /// Whether the user may act. Some servers leave it out.
    pub status: Option<UserStatus>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A user to be made.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    /// Must not be another user's.
    pub email: String,
    /// First and last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Date>,
    /// IETF tag such as `en-US`; the project's first locale unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_locale: Option<String>,
    /// The app's labels.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
}

/// Changes to a user; `None` leaves a property as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdate {
    /// A new e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// A new date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Date>,
    /// A new locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_locale: Option<String>,
    /// Labels to set and to delete.
    #[serde(skip_serializing_if = "MetadataChanges::is_empty")]
    pub metadata: MetadataChanges,
}

open_enum! {
    /// Whether a user may act.
    UserStatus {
        Active = "active",
        Blocked = "blocked",
        Deleted = "deleted",
    }
}
