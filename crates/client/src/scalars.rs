//! Small values that several resources share (contract §1.8, §1.9).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

/// Free-form labels on an object: at most 10, keys of up to 40 characters, values of up to 255.
pub type Metadata = BTreeMap<String, String>;

/// Changes to metadata: a value sets its key, `None` deletes it, absent keys stay.
pub type MetadataChanges = BTreeMap<String, Option<String>>;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// In the currency's minor units: 1450 is €14.50, and ¥1450.
    #[serde(rename = "amount")]
    pub amount_minor: u64,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
}

/// What a plan or an add-on includes. `None` is unlimited, zero is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowances {
    /// Mobile data, in bytes.
    pub data_bytes: Option<u64>,
    /// Outgoing calls, in seconds.
    pub voice_seconds: Option<u64>,
    /// Outgoing text messages.
    pub sms_messages: Option<u64>,
}

/// Where a plan or an add-on works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Coverage {
    /// The area's id.
    pub id: String,
    /// The area's name, fit to be shown.
    pub name: String,
    /// ISO 3166-1 alpha-2 codes.
    pub countries: Vec<String>,
}

/// One billing period of a subscription or of an add-on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Period {
    /// Counts from 1.
    pub number: u32,
    /// When it began.
    pub start: Timestamp,
    /// When the next one begins.
    pub end: Timestamp,
}

open_enum! {
    /// What a period is counted in.
    TimeUnit {
        Day = "day",
        Month = "month",
    }
}
