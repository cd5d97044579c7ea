//! Query strings, read strictly: an unknown parameter, an empty value or a wrong one is 422 (contract §1.3).

use std::borrow::Cow;
use std::marker::PhantomData;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use perennial_core::store::tables::PageRequest;
use perennial_domain::Id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use url::form_urlencoded;
use uuid::Uuid;

use crate::strict::invalid_value;
use crate::{ApiError, WireId};

/// How many items a list answers unless it is told (contract §1.5).
const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 200;

/// The parameters of a request. `T` denies unknown fields; use [`NoQuery`] where there are none.
#[derive(Clone, Debug)]
pub struct QueryOf<T>(pub T);

/// No parameters are taken.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// Refuses every parameter.
pub type NoQuery = QueryOf<NoParameters>;

/// The parameters of a list: its filters, and which part of it is wanted. `I` is the kind of its items' ids.
#[derive(Clone, Debug)]
pub struct ListQuery<F, I> {
    /// The list's own parameters.
    pub filter: F,
    /// Which part is wanted.
    pub page: PageRequest,
    items: PhantomData<I>,
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        refuse_empty_values(query)?;
        parse(query).map(Self)
    }
}

impl<S: Sync, F: DeserializeOwned, I: Id> FromRequestParts<S> for ListQuery<F, I> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        refuse_empty_values(query)?;
        let (paging, filters) = split(query);
        let page = parse::<PageParameters<I>>(&paging)?.into_request()?;
        Ok(Self { filter: parse(&filters)?, page, items: PhantomData })
    }
}

/// The parameters that every list takes.
#[derive(Deserialize, JsonSchema)]
#[serde(bound = "I: Id")]
#[schemars(bound = "I: Id", rename = "PageParameters")]
struct PageParameters<I> {
    /// Only items right after the one with this id: older ones.
    after: Option<WireId<I>>,
    /// Only items right before the one with this id: newer ones.
    before: Option<WireId<I>>,
    /// How many items at the most; 10 unless given.
    #[schemars(range(min = 0, max = 200))]
    limit: Option<u32>,
}

impl<I: Id> PageParameters<I> {
    const NAMES: [&'static str; 3] = ["after", "before", "limit"];

    fn into_request(self) -> Result<PageRequest, ApiError> {
        let uuid = |id: Option<WireId<I>>| -> Option<Uuid> { id.map(|WireId(id)| id.uuid()) };
        let limit = page_limits(self.limit, self.after.as_ref(), self.before.as_ref())?;
        Ok(PageRequest { after: uuid(self.after), before: uuid(self.before), limit })
    }
}

/// How many items a list answers, from what was asked for. For lists whose items have other ids than ours; all others take
/// a [`ListQuery`].
pub fn page_limits<Cursor>(
    limit: Option<u32>,
    after: Option<&Cursor>,
    before: Option<&Cursor>,
) -> Result<u32, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if limit > MAX_LIMIT {
        let message = format!("The parameter limit is 0 to {MAX_LIMIT}.");
        return Err(ApiError::invalid_property("limit", "propertyInvalid", message));
    }
    if after.is_some() && before.is_some() {
        return Err(ApiError::invalid("The parameters after and before exclude each other."));
    }
    Ok(limit)
}

/// Splits a query into the parameters of every list and those of this one. Nothing is copied
/// where no part is asked for, which is most of the time.
fn split(query: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let is_paging = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        PageParameters::<perennial_domain::EventId>::NAMES.contains(&name)
    };
    if !query.split('&').any(|pair| is_paging(&pair)) {
        return ("".into(), query.into());
    }
    let (paging, filters): (Vec<_>, Vec<_>) = query.split('&').partition(is_paging);
    (paging.join("&").into(), filters.join("&").into())
}

fn refuse_empty_values(query: &str) -> Result<(), ApiError> {
    match form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.is_empty()) {
        Some((name, _)) => {
            let message = format!("The parameter {name} is empty.");
            Err(ApiError::invalid_property(&name, "propertyInvalid", message))
        }
        None => Ok(()),
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| invalid_value(error.path(), error.inner()))
}

/// Several values of one parameter, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv<T>(pub Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Csv<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let read = |word: &str| {
            let deserializer: StrDeserializer<'_, D::Error> = word.into_deserializer();
            T::deserialize(deserializer)
        };
        text.split(',').map(read).collect::<Result<_, _>>().map(Self).map_err(D::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Csv<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Csv", T::schema_name()).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "One or more values, separated by commas." })
    }
}

impl<T: JsonSchema> OperationInput for QueryOf<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Query::<T>::operation_input(context, operation);
    }
}

impl<F: JsonSchema, I: Id> OperationInput for ListQuery<F, I> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Query::<F>::operation_input(context, operation);
        Query::<PageParameters<I>>::operation_input(context, operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::{CustomerId, SimType, SubscriptionId};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Filter {
        user: Option<WireId<CustomerId>>,
        sim_type: Option<Csv<SimType>>,
    }

    async fn read(query: &str) -> Result<ListQuery<Filter, SubscriptionId>, ApiError> {
        let (mut parts, ()) = http::Request::get(format!("/x?{query}")).body(()).unwrap().into_parts();
        ListQuery::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn filters_and_paging_share_a_query() {
        let id = SubscriptionId::from_uuid(Uuid::from_u128(5));
        let read = read(&format!("simType=eSIM,pSIM&limit=200&user=usr_1&after={id}")).await.unwrap();
        assert_eq!(read.page, PageRequest { after: Some(id.uuid()), before: None, limit: 200 });
        assert_eq!(read.filter.sim_type, Some(Csv(vec![SimType::Esim, SimType::Psim])));
        assert!(read.filter.user.is_some());
    }

    #[tokio::test]
    async fn nothing_is_ignored() {
        let id = SubscriptionId::from_uuid(Uuid::from_u128(5));
        for query in [
            "status=active".to_owned(),
            "user=".to_owned(),
            "user".to_owned(),
            "user=a&user=b".to_owned(),
            "user=a%20b".to_owned(),
            "simType=esim".to_owned(),
            "simType=eSIM,".to_owned(),
            "limit=201".to_owned(),
            "limit=-1".to_owned(),
            "limit=ten".to_owned(),
            "limit=1&limit=2".to_owned(),
            format!("after={id}&before={id}"),
            "after=%00".to_owned(),
            "%6Cimit=5".to_owned(),
        ] {
            assert!(read(&query).await.is_err(), "{query} was taken");
        }
    }
}
