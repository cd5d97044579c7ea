//! Customers: making, finding, changing and deleting them.

mod at_stripe;
mod delete;
mod tell_stripe;

pub use at_stripe::StripeCustomerError;
pub(crate) use at_stripe::{replace_lost_customer, stripe_customer, stripe_customer_for};
pub use delete::{DeleteCustomerError, delete};
pub(crate) use tell_stripe::save;
pub use tell_stripe::{TellStripeError, tell_stripe_of_customer};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use perennial_domain::{
    Customer, CustomerId, CustomerStatus, Email, Metadata, MetadataError, MetadataPatch, ProjectId,
};
use perennial_store::tables::{PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};

use crate::change::Change;
use crate::context::Cx;
use crate::events::{Happening, record};

/// What is known of somebody who becomes a customer.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Unique in the project.
    pub email: Email,
    /// As the person writes it.
    pub full_name: Option<String>,
    /// Date of birth.
    pub birthday: Option<Date>,
    /// A language tag; the project's first one when absent.
    pub preferred_locale: Option<String>,
    /// The operator's strings.
    pub metadata: MetadataPatch,
}

/// A change to a customer. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CustomerPatch {
    /// Another address. It has to be verified again.
    pub email: Option<Email>,
    /// Another name, or none.
    pub full_name: Change<Option<String>>,
    /// Another date of birth, or none.
    pub birthday: Change<Option<Date>>,
    /// Another language.
    pub preferred_locale: Option<String>,
    /// A change to the operator's strings.
    pub metadata: MetadataPatch,
}

/// Why a customer is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveCustomerError {
    /// No such customer.
    #[error("there is no customer {0}")]
    Unknown(CustomerId),
    /// Who is deleted stays as they are.
    #[error("customer {0} is deleted")]
    Deleted(CustomerId),
    /// Somebody else has the address.
    #[error("another customer has this e-mail address")]
    EmailTaken,
    /// The name, the birthday or the language cannot be.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The operator's strings are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

/// What cannot be said of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// Empty, too long, or with characters that no name has.
    #[error("a full name has 1 to {MAX_NAME_CHARACTERS} characters and no line breaks")]
    FullName,
    /// In the future, or too long ago.
    #[error("a birthday is in the past, and not before {FIRST_YEAR}")]
    Birthday,
    /// Not a language tag.
    #[error("a locale is a language tag such as en-US")]
    Locale,
}

const MAX_NAME_CHARACTERS: usize = 255;
/// Nobody alive was born before.
const FIRST_YEAR: i16 = 1900;
/// RFC 5646 §4.4.1: no registered tag is longer.
const MAX_LOCALE_CHARACTERS: usize = 35;

impl From<StoreError> for SaveCustomerError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict("customers_email_key") { Self::EmailTaken } else { Self::Store(error) }
    }
}

/// The customer with this id, deleted or not.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    tx.customers(project).find(id)
}

/// The customer with this address. Who is deleted has none any more.
pub fn find_by_email(
    tx: &mut Tx<'_>,
    project: ProjectId,
    email: &Email,
) -> Result<Option<Customer>, StoreError> {
    tx.customers(project).find_by_email(&email.key())
}

/// A page of all customers, deleted ones too.
pub fn page(tx: &mut Tx<'_>, project: ProjectId, request: PageRequest) -> Result<Slice<Customer>, PageError> {
    tx.customers(project).page(request)
}

/// Makes a customer.
pub fn create(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewCustomer,
) -> Result<Customer, SaveCustomerError> {
    let customer = Customer {
        id: cx.id(),
        project_id,
        external_id: None,
        email: Some(new.email.clone()),
        email_verified: false,
        full_name: new.full_name.as_deref().map(check_full_name).transpose()?,
        birthday: new.birthday.map(|birthday| check_birthday(cx, birthday)).transpose()?,
        preferred_locale: match &new.preferred_locale {
            Some(locale) => check_locale(locale)?,
            None => default_locale(tx, project_id)?,
        },
        status: CustomerStatus::Active,
        metadata: Metadata::default().merge(&new.metadata)?,
        stripe_customer_id: None,
        created_at: cx.now(),
    };
    tx.customers(project_id).insert(&customer)?;
    record(cx, tx, project_id, Happening::UserCreated, customer.id)?;
    Ok(customer)
}

/// Changes a customer.
pub fn update(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
    patch: &CustomerPatch,
) -> Result<Customer, SaveCustomerError> {
    let before = tx.customers(project).lock(id)?.ok_or(SaveCustomerError::Unknown(id))?;
    if before.status == CustomerStatus::Deleted {
        return Err(SaveCustomerError::Deleted(id));
    }
    let mut customer = before.clone();
    if let Some(email) = &patch.email {
        let is_same = customer.email.as_ref().is_some_and(|known| known.key() == email.key());
        customer.email_verified &= is_same;
        customer.email = Some(email.clone());
    }
    if let Change::To(full_name) = &patch.full_name {
        customer.full_name = full_name.as_deref().map(check_full_name).transpose()?;
    }
    if let Change::To(birthday) = patch.birthday {
        customer.birthday = birthday.map(|birthday| check_birthday(cx, birthday)).transpose()?;
    }
    if let Some(locale) = &patch.preferred_locale {
        customer.preferred_locale = check_locale(locale)?;
    }
    customer.metadata = customer.metadata.merge(&patch.metadata)?;
    save(cx, tx, &before, &customer)?;
    record(cx, tx, project, Happening::UserUpdated, id)?;
    Ok(customer)
}

fn default_locale(tx: &mut Tx<'_>, project: ProjectId) -> Result<String, StoreError> {
    let project = tx.projects().find(project)?;
    Ok(project.map_or_else(|| "en-US".to_owned(), |project| project.default_locale().to_owned()))
}

/// A name without white space around it.
pub fn check_full_name(name: &str) -> Result<String, FactError> {
    let name = name.trim();
    let is_name =
        (1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_name { Ok(name.to_owned()) } else { Err(FactError::FullName) }
}

/// A birthday that somebody alive can have.
pub fn check_birthday(cx: &Cx, birthday: Date) -> Result<Date, FactError> {
    let today = cx.now().to_zoned(TimeZone::UTC).date();
    if birthday <= today && birthday.year() >= FIRST_YEAR { Ok(birthday) } else { Err(FactError::Birthday) }
}

/// A text with the form of a language tag (RFC 5646 §2.1): a language of two or three letters, then subtags.
pub fn check_locale(locale: &str) -> Result<String, FactError> {
    let mut subtags = locale.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language =
        matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if is_language && subtags.all(is_subtag) && locale.len() <= MAX_LOCALE_CHARACTERS {
        Ok(locale.to_owned())
    } else {
        Err(FactError::Locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_has_the_form_of_a_language_tag() {
        for text in ["en", "en-US", "zh-Hant-TW", "de-CH-1996", "gsw"] {
            assert_eq!(check_locale(text).as_deref(), Ok(text));
        }
        for text in ["", "e", "english", "en_US", "en-", "-US", "en-US-x-averylongprivateusesubtag", "en;q=1"]
        {
            assert_eq!(check_locale(text), Err(FactError::Locale), "{text}");
        }
    }

    #[test]
    fn a_birthday_is_somebodys_who_lives() {
        let cx = Cx::at("2027-03-01T00:00:00Z".parse().unwrap());
        for (text, is_one) in
            [("2027-03-01", true), ("2027-03-02", false), ("1900-01-01", true), ("1899-12-31", false)]
        {
            assert_eq!(check_birthday(&cx, text.parse().unwrap()).is_ok(), is_one, "{text}");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_stays_on_one_line() {
        assert_eq!(check_full_name("  Ada Quill ").as_deref(), Ok("Ada Quill"));
        for text in ["", "  ", "Ada\nQuill", &"a".repeat(256)] {
            assert_eq!(check_full_name(text), Err(FactError::FullName), "{text:?}");
        }
    }
}
