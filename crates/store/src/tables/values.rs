//! How the domain's types are written to columns and read back.

use std::borrow::Cow;

use perennial_domain::{
    AddonState, AddressId, ApiKeyId, AppId, AppKind, BusinessTokenId, Callback, CardBrand, CarrierName,
    ChangeTime, CheckoutFormId, CheckoutId, CheckoutState, CheckoutUi, ConnectSessionId, CountryCode,
    Currency, CustomerId, CustomerStatus, DeliveryState, DeviceId, DirectoryId, DisabledBecause,
    DisputeOutcome, Email, EventId, Iccid, Id, LoginCodeId, LoginId, LoginTryId, MailId, MailState, MemberId,
    MemberRole, Money, Outcome, PaymentId, PaymentMethodId, PaymentMethodKind, PaymentMethods, PaymentReason,
    PaymentState, Period, PortingId, PortingStatus, PriceId, PriceStatus, ProductId, ProductKind,
    ProductStatus, ProjectId, PurchaseState, SimId, SimStatus, SimType, SubscriptionAddonId,
    SubscriptionChangeId, SubscriptionChangeState, SubscriptionId, SubscriptionState, TokenId,
    WebhookDeliveryId, WebhookEndpointId, WebhookFlavour, WebhookSecretId,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::StripeEventState;
use crate::{Columns, FromRow, FromValue, StoreError, ToValue, Value};

/// Ids are stored as the UUID within.
macro_rules! ids {
    ($($id:ty),+ $(,)?) => {$(
        impl ToValue for $id {
            fn to_value(&self) -> Value<'_> {
                Value::Uuid(self.uuid())
            }
        }

        impl FromValue for $id {
            fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
                Uuid::from_value(value).map(Self::from_uuid)
            }
        }

        impl FromRow for $id {
            fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
                row.take()
            }
        }
    )+};
}

ids!(
    AddressId,
    ApiKeyId,
    CheckoutFormId,
    AppId,
    BusinessTokenId,
    CheckoutId,
    ConnectSessionId,
    CustomerId,
    DeviceId,
    DirectoryId,
    EventId,
    LoginTryId,
    LoginCodeId,
    LoginId,
    MailId,
    MemberId,
    PaymentId,
    PaymentMethodId,
    PortingId,
    PriceId,
    ProductId,
    ProjectId,
    SimId,
    SubscriptionAddonId,
    SubscriptionChangeId,
    SubscriptionId,
    TokenId,
    WebhookDeliveryId,
    WebhookEndpointId,
    WebhookSecretId,
);

/// Types with one spelling are stored as it. `$spell` writes a reference to the type as `&str`, and `$parse`
/// reads one as an `Option`.
macro_rules! words {
    ($($word:ty: $spell:expr, $parse:expr;)+) => {$(
        impl ToValue for $word {
            fn to_value(&self) -> Value<'_> {
                let spell: fn(&$word) -> &str = $spell;
                Value::Text(Cow::Borrowed(spell(self)))
            }
        }

        impl FromValue for $word {
            fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
                let parse: fn(&str) -> Option<$word> = $parse;
                let word = if let Value::Text(text) = &value { parse(text) } else { None };
                word.ok_or_else(|| StoreError::wrong_shape(concat!("one of ", stringify!($word)), &value))
            }
        }
    )+};
}

/// The enums of the domain, which all spell and parse themselves in the same way.
macro_rules! enums {
    ($($name:ty),+ $(,)?) => {
        words! { $($name: |word| word.as_str(), |text| <$name>::parse(text);)+ }
    };
}

enums!(
    AddonState,
    AppKind,
    CardBrand,
    CarrierName,
    ChangeTime,
    CheckoutState,
    CheckoutUi,
    CustomerStatus,
    DeliveryState,
    DisabledBecause,
    DisputeOutcome,
    MailState,
    MemberRole,
    Outcome,
    PaymentMethodKind,
    PaymentMethods,
    PaymentReason,
    PaymentState,
    PortingStatus,
    PriceStatus,
    ProductKind,
    ProductStatus,
    PurchaseState,
    SimStatus,
    SimType,
    StripeEventState,
    SubscriptionChangeState,
    SubscriptionState,
    WebhookFlavour,
);

words! {
    // The operator's list of allowed callbacks was asked when the session was made.
    Callback: Callback::as_str, |text| Callback::parse(text, &[]).ok();
    CountryCode: CountryCode::as_str, |text| CountryCode::parse(text).ok();
    Currency: |currency| currency.code(), |text| Currency::from_code(text).ok();
    Email: Email::as_str, |text| Email::parse(text).ok();
    Iccid: Iccid::as_str, |text| Iccid::parse(text).ok();
}

/// Reads a column that holds JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromValue for Json<T> {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let Value::Text(text) = &value else { return Err(StoreError::wrong_shape("JSON", &value)) };
        let parsed = serde_json::from_str(text).map(Self);
        parsed.map_err(|_| StoreError::wrong_shape(std::any::type_name::<T>(), &value))
    }
}

/// Writes a column that holds JSON.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(error.into()))
}

/// Writes a column that may hold JSON.
pub(super) fn optional_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StoreError> {
    value.map(json).transpose()
}

/// Reads money from two columns: the minor units, then the currency.
pub(super) fn take_money(row: &mut Columns<'_>) -> Result<Money, StoreError> {
    Ok(Money { amount_minor: row.take()?, currency: row.take()? })
}

/// Reads a period from three columns: number, start, end. Without a number there is none.
pub(super) fn take_period(row: &mut Columns<'_>) -> Result<Option<Period>, StoreError> {
    let (number, start, end) = (row.take()?, row.take()?, row.take()?);
    match (number, start) {
        (Some(number), Some(start)) => Ok(Some(Period { number, start, end })),
        (None, _) => Ok(None),
        (Some(_), None) => Err(StoreError::wrong_shape("the start of a period", &Value::Null)),
    }
}
