//! What is true of every project, new or changed: customers can read its name and are written to in some language.

use crate::customers::check_locale;

/// Something about a project that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectFactError {
    /// Customers read the name.
    #[error("a project needs a name")]
    Name,
    /// The first language is that of customers of whom nothing else is known.
    #[error("a project needs a language")]
    NoLocale,
    /// Not a language tag.
    #[error("{0:?} is not a language tag such as en-US")]
    Locale(String),
}

/// A name has something to read.
pub(super) fn check_name(name: &str) -> Result<(), ProjectFactError> {
    if name.trim().is_empty() { Err(ProjectFactError::Name) } else { Ok(()) }
}

/// The languages of a project, the usual one first.
pub(super) fn check_locales(locales: &[String]) -> Result<(), ProjectFactError> {
    if locales.is_empty() {
        return Err(ProjectFactError::NoLocale);
    }
    let wrong = locales.iter().find(|locale| check_locale(locale).is_err());
    wrong.map_or(Ok(()), |locale| Err(ProjectFactError::Locale(locale.clone())))
}
