//! Postal addresses of a customer. They are added and removed, never changed.

use perennial_domain::{Address, AddressId, CountryCode, CustomerId, CustomerStatus, ProjectId};
use perennial_store::tables::{PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};

/// An address as it was given.
#[derive(Clone, Debug)]
pub struct NewAddress {
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// State, province or county.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// The country.
    pub country: CountryCode,
}

/// A line of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressLine {
    /// Street and number.
    Line1,
    /// Flat, floor, care of.
    Line2,
    /// City or town.
    City,
    /// State, province or county.
    State,
    /// Postal code.
    PostalCode,
}

/// Why an address is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddAddressError {
    /// No such customer.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// Who is deleted gets nothing new.
    #[error("customer {0} is deleted")]
    CustomerDeleted(CustomerId),
    /// The country cannot do without this line.
    #[error("the address is incomplete")]
    Missing(AddressLine),
    /// Empty, too long, or with characters that no address has.
    #[error("a line of an address has 1 to {MAX_CHARACTERS} characters and no line breaks")]
    Invalid(AddressLine),
    /// The customer has it already.
    #[error("the customer has this address already")]
    Exists,
    /// The customer has ten.
    #[error("a customer can have {MAX_ADDRESSES} addresses")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

/// contracts/projects-api.md §2.19.
const MAX_ADDRESSES: usize = 10;
const MAX_CHARACTERS: usize = 200;

impl From<StoreError> for AddAddressError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict("addresses_fingerprint_key") { Self::Exists } else { Self::Store(error) }
    }
}

/// Adds an address.
pub fn add(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer_id: CustomerId,
    new: &NewAddress,
) -> Result<Address, AddAddressError> {
    // Locked, so that two requests at once cannot both be the tenth.
    let customer =
        tx.customers(project).lock(customer_id)?.ok_or(AddAddressError::UnknownCustomer(customer_id))?;
    if customer.status == CustomerStatus::Deleted {
        return Err(AddAddressError::CustomerDeleted(customer_id));
    }
    let address = checked(cx, project, customer_id, new)?;
    let known = tx.addresses(project).active_of(customer_id)?;
    if known.iter().any(|known| known.fingerprint() == address.fingerprint()) {
        return Err(AddAddressError::Exists);
    }
    if known.len() >= MAX_ADDRESSES {
        return Err(AddAddressError::TooMany);
    }
    tx.addresses(project).insert(&address)?;
    record(cx, tx, project, Happening::AddressCreated, address.id)?;
    Ok(address)
}

/// Removes an address of this customer, and answers it. One that is removed already is not there.
pub fn remove(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    id: AddressId,
) -> Result<Option<Address>, StoreError> {
    let Some(mut address) = find(tx, project, customer, id)? else { return Ok(None) };
    address.removed_at = Some(cx.now());
    tx.addresses(project).update(&address)?;
    record(cx, tx, project, Happening::AddressDeleted, id)?;
    Ok(Some(address))
}

/// An address of this customer that is not removed.
pub fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    id: AddressId,
) -> Result<Option<Address>, StoreError> {
    let address = tx.addresses(project).find(id)?;
    Ok(address.filter(|address| address.customer_id == customer && address.removed_at.is_none()))
}

/// The addresses of a customer; `None` when there is no such customer.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    request: PageRequest,
) -> Result<Option<Slice<Address>>, PageError> {
    match tx.customers(project).find(customer)? {
        Some(_) => tx.addresses(project).page(customer, request).map(Some),
        None => Ok(None),
    }
}

fn checked(
    cx: &Cx,
    project_id: ProjectId,
    customer_id: CustomerId,
    new: &NewAddress,
) -> Result<Address, AddAddressError> {
    let state = optional(AddressLine::State, new.state.as_deref())?;
    let postal_code = optional(AddressLine::PostalCode, new.postal_code.as_deref())?;
    if new.country.needs_state() && state.is_none() {
        return Err(AddAddressError::Missing(AddressLine::State));
    }
    if new.country.uses_postal_code() && postal_code.is_none() {
        return Err(AddAddressError::Missing(AddressLine::PostalCode));
    }
    if new.country.needs_state() && !state.as_deref().is_some_and(is_subdivision) {
        return Err(AddAddressError::Invalid(AddressLine::State));
    }
    Ok(Address {
        id: cx.id(),
        project_id,
        customer_id,
        line1: line(AddressLine::Line1, &new.line1)?,
        line2: optional(AddressLine::Line2, new.line2.as_deref())?,
        city: line(AddressLine::City, &new.city)?,
        state,
        postal_code,
        country: new.country,
        created_at: cx.now(),
        removed_at: None,
    })
}

/// US and CA states are the two letters of ISO 3166-2 (contracts/projects-api.md §1.9).
fn is_subdivision(state: &str) -> bool {
    state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn optional(which: AddressLine, text: Option<&str>) -> Result<Option<String>, AddAddressError> {
    text.map(|text| line(which, text)).transpose()
}

fn line(which: AddressLine, text: &str) -> Result<String, AddAddressError> {
    let text = text.trim();
    let is_line = (1..=MAX_CHARACTERS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_line { Ok(text.to_owned()) } else { Err(AddAddressError::Invalid(which)) }
}
