//! Turns what serde says about a value into an error that names the property.

use std::borrow::Cow;
use std::fmt::Display;

use serde_path_to_error::Path;

use crate::ApiError;

/// Codes of `details[]`. `propertyRequired` is the contract's; the other two are ours.
const REQUIRED: &str = "propertyRequired";
const UNKNOWN: &str = "propertyUnknown";
const INVALID: &str = "propertyInvalid";

/// The error for a value that cannot be what its property holds.
///
/// serde reports what is missing or unknown in words only, so the words are read back; should they change one
/// day, the message stays true and only the `code` gets less exact.
pub(crate) fn invalid_value(path: &Path, reason: &impl Display) -> ApiError {
    let reason = reason.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    if let Some(name) = quoted_after(reason, "missing field ") {
        let property = within(path, name);
        let message = format!("{property} is required.");
        return ApiError::invalid_property(&property, REQUIRED, message);
    }
    if let Some(name) = quoted_after(reason, "unknown field ") {
        // The path ends with the unknown name already.
        let property = if is_root(path) { name.to_owned() } else { path.to_string() };
        let message = format!("{property} is not known here.");
        return ApiError::invalid_property(&property, UNKNOWN, message);
    }
    match quoted_after(reason, "duplicate field ").map(|name| within(path, name)) {
        Some(property) => {
            ApiError::invalid_property(&property, INVALID, format!("{property} is given twice."))
        }
        None if is_root(path) => ApiError::invalid(format!("The request is not valid: {reason}.")),
        None => {
            let property = path.to_string();
            let message = format!("{property} is not valid: {reason}.");
            ApiError::invalid_property(&property, INVALID, message)
        }
    }
}

fn quoted_after<'a>(reason: &'a str, start: &str) -> Option<&'a str> {
    reason.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

fn within<'a>(path: &Path, name: &'a str) -> Cow<'a, str> {
    if is_root(path) { Cow::Borrowed(name) } else { Cow::Owned(format!("{path}.{name}")) }
}

fn is_root(path: &Path) -> bool {
    path.iter().len() == 0
}
