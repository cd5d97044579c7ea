//! What a door answers when it cannot do what was asked: one flat envelope, always JSON
//! (contracts/projects-api.md §1.6).

mod answer;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::StatusCode;
use perennial_core::store::StoreError;
use perennial_core::store::tables::PageError;

use self::answer::PropertyErrorBody;

/// The class of an error: the contract's `type`, and the status that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request cannot be read.
    Malformed,
    /// The body is larger than anything that makes sense.
    TooLarge,
    /// No key, or not one of ours.
    Unauthenticated,
    /// The key does not open this.
    PermissionDenied,
    /// No such resource, path or method.
    NotFound,
    /// Clashes with another request.
    Conflict,
    /// Understood, and refused: a property, a parameter or a rule of the business.
    Invalid,
    /// Too many in a short time.
    TooManyRequests,
    /// Our fault; what happened is unknown.
    Internal,
    /// Documented elsewhere, not offered here.
    NotImplemented,
    /// Our fault, for a moment; nothing was changed.
    ServiceUnavailable,
}

impl ErrorKind {
    const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Malformed | Self::TooLarge => "malformed",
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permissionDenied",
            Self::NotFound => "notFound",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::TooManyRequests => "tooManyRequests",
            Self::Internal => "internal",
            Self::NotImplemented => "notImplemented",
            Self::ServiceUnavailable => "serviceUnavailable",
        }
    }
}

/// An answer that says no. Boxed, so that the good answers beside it stay small.
#[derive(Debug)]
pub struct ApiError(Box<Problem>);

#[derive(Debug)]
struct Problem {
    kind: ErrorKind,
    code: Option<&'static str>,
    message: Cow<'static, str>,
    hint: Option<&'static str>,
    details: Vec<PropertyErrorBody>,
    retry_after_s: Option<u64>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl ApiError {
    /// An error of this class, with a sentence for people.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem {
            kind,
            code: None,
            message: message.into(),
            hint: None,
            details: Vec::new(),
            retry_after_s: None,
            source: None,
        }))
    }

    /// The request was understood and is refused.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// One property or parameter is why the request is refused.
    pub fn invalid_property(
        property: &str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let message = message.into();
        Self::invalid(message.clone()).detail(property, code, message)
    }

    /// There is no such resource. The same words whether it never was or belongs to somebody else.
    pub fn not_found() -> Self {
        Self::new(ErrorKind::NotFound, "There is no such resource.")
    }

    /// Something broke that the caller cannot mend and is told nothing about.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Internal, "Something went wrong on our side.").caused_by(source)
    }

    /// Something is away for a moment, and nothing was changed.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut error =
            Self::new(ErrorKind::ServiceUnavailable, "The service is not available at the moment.");
        error.0.code = Some("serviceUnavailable");
        error.hinting("Nothing was changed. Try again.").retry_after(1).caused_by(source)
    }

    /// Names the cause for machines: a `code` of the contract.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.0.code = Some(code);
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn hinting(mut self, hint: &'static str) -> Self {
        self.0.hint = Some(hint);
        self
    }

    /// Names a property that is wrong, by its path in the body or its name in the query.
    #[must_use]
    pub fn detail(
        mut self,
        property: &str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.details.push(PropertyErrorBody {
            object: "propertyErrorDetail",
            code,
            message: message.into(),
            property: property.to_owned(),
            suggestion: None,
        });
        self
    }

    /// Says when to ask again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The class of this error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) | StoreError::Unavailable(_) | StoreError::Full(_) => {
                Self::unavailable(error)
            }
            _ => Self::internal(error),
        }
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::UnknownCursor => {
                Self::invalid("The cursor in `after` or `before` is not the id of an item in this list.")
            }
            PageError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_for_a_moment_is_not_our_mistake() {
        let error = ApiError::from(StoreError::Busy("locked".into()));
        assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
        assert_eq!(ApiError::from(StoreError::Aborted).kind(), ErrorKind::Internal);
    }
}
