//! Portings as they stand inside of subscriptions (contracts/projects-api.md §2.11). What a draft of ours does not
//! know yet is null; the routes of their own come with number porting.

use perennial_domain::{CustomerId, Porting, PortingId, PortingStatus, SubscriptionId};
use perennial_http::{WireId, WireTime};
use schemars::JsonSchema;
use serde::Serialize;

use crate::scalars::{WireDate, all_present};

/// A number on its way from another network.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Porting", transform = all_present)]
pub(crate) struct PortingBody {
    #[schemars(extend("const" = "porting"))]
    object: &'static str,
    id: WireId<PortingId>,
    user: WireId<CustomerId>,
    subscription: Option<WireId<SubscriptionId>>,
    /// E.164.
    phone_number: String,
    /// The network that it goes to.
    provider: String,
    #[schemars(with = "String", extend("enum" = PortingStatus::ALL))]
    status: PortingStatus,
    account_number: Option<String>,
    account_pin_exists: bool,
    billing_pin_exists: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    birthday: Option<WireDate>,
    /// What the networks need to know and do not know yet.
    required: Vec<&'static str>,
    declined_attempts: u32,
    declined_code: Option<String>,
    declined_message: Option<String>,
    completed_at: Option<WireTime>,
    canceled_at: Option<WireTime>,
    expired_at: Option<WireTime>,
    created_at: WireTime,
}

impl From<Porting> for PortingBody {
    fn from(porting: Porting) -> Self {
        Self {
            object: "porting",
            id: WireId(porting.id),
            user: WireId(porting.customer_id),
            subscription: porting.subscription_id.map(WireId),
            phone_number: porting.phone_number,
            provider: porting.provider,
            status: porting.status,
            account_number: porting.account_number,
            account_pin_exists: false,
            billing_pin_exists: false,
            first_name: None,
            last_name: None,
            birthday: None,
            required: Vec::new(),
            declined_attempts: 0,
            declined_code: None,
            declined_message: None,
            completed_at: None,
            canceled_at: None,
            expired_at: None,
            created_at: WireTime(porting.created_at),
        }
    }
}
