//! What can go wrong with a call.

use http::StatusCode;
use serde::Deserialize;

use crate::open_enum::open_enum;

/// Why a call did not bring its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server understood and refused.
    #[error(transparent)]
    Api(#[from] Box<ApiError>),
    /// No answer came, in any try. Whether the server acted is unknown; repeating the call with the
    /// same idempotency key is safe.
    #[error("no answer to {call} (tries: {tries})")]
    NoAnswer {
        /// Method and path.
        call: String,
        /// How often the request was sent.
        tries: u32,
        /// The last failure.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is not what the contract says: often a proxy's page rather than the API's JSON.
    #[error("the answer to {call} with HTTP status {status} cannot be read")]
    Unreadable {
        /// Method and path.
        call: String,
        /// The answer's status.
        status: StatusCode,
        /// What was expected, and the property it was expected in.
        #[source]
        source: serde_path_to_error::Error<serde_json::Error>,
    },
    /// The request cannot be written as JSON. Nothing was sent.
    #[error("the request cannot be written as JSON")]
    Unwritable(#[source] serde_json::Error),
    /// The given idempotency key cannot be sent (contract §1.7). Nothing was sent.
    #[error("an idempotency key has 1 to 255 visible ASCII characters")]
    IdempotencyKey,
}

/// A refusal by the API: its error envelope (contract §1.6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{message} ({kind}, HTTP status {status})")]
#[non_exhaustive]
pub struct ApiError {
    /// The answer's status.
    #[serde(skip)]
    pub status: StatusCode,
    /// The class of error: enough to decide whether to try again, mend or give up.
    #[serde(rename = "type")]
    pub kind: ErrorKind,
    /// The cause for machines, such as `userAlreadyExists`. New ones may appear.
    pub code: Option<String>,
    /// A sentence for people, fit to be shown.
    pub message: String,
    /// How the caller can mend it.
    pub hint: Option<String>,
    /// What is wrong with single properties.
    #[serde(default)]
    pub details: Vec<PropertyError>,
}

/// What is wrong with one property of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PropertyError {
    /// The cause for machines, such as `propertyRequired`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The property's path in the request.
    pub property: String,
    /// A value that would do.
    pub suggestion: Option<String>,
}

open_enum! {
    /// The classes of API errors (contract §1.6).
    ErrorKind {
        Malformed = "malformed",
        Unauthenticated = "unauthenticated",
        PermissionDenied = "permissionDenied",
        NotFound = "notFound",
        Conflict = "conflict",
        Invalid = "invalid",
        TooManyRequests = "tooManyRequests",
        Internal = "internal",
        NotImplemented = "notImplemented",
        ServiceUnavailable = "serviceUnavailable",
    }
}
