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

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is blank, and the country cannot do without it.
    Missing,
    /// Too long, with characters that no address has, or not what the country knows.
    Invalid,
}

/// An address that the post of its country could deliver to. [`check`] makes it.
#[derive(Clone, Debug)]
pub struct CheckedAddress(NewAddress);

/// Why an address is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddAddressError {
    /// No such customer.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// Who is deleted gets nothing new.
    #[error("customer {0} is deleted")]
    CustomerDeleted(CustomerId),
    /// Some lines are wrong: all of them, in the order of [`check`].
    #[error("a line of an address has 1 to {MAX_CHARACTERS} characters, and its country knows it")]
    Wrong(Vec<(AddressLine, Wrong)>),
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

/// Adds an address that an app knows of.
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
    let checked = check(new).map_err(AddAddressError::Wrong)?;
    let address = address_of(cx, project, customer_id, checked);
    let known = tx.addresses(project).active_of(customer_id)?;
    if known.iter().any(|known| known.fingerprint() == address.fingerprint()) {
        return Err(AddAddressError::Exists);
    }
    if known.len() >= MAX_ADDRESSES {
        return Err(AddAddressError::TooMany);
    }
    Ok(insert(cx, tx, address)?)
}

/// Keeps an address that the customer typed. The same one again is the one that is there; the eleventh takes the
/// place of the oldest, as the pages have no list to tidy up, and what refers to the oldest still finds it.
///
/// The caller holds the customer's row, so that two tabs cannot both add it.
pub fn find_or_add(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    checked: CheckedAddress,
) -> Result<Address, StoreError> {
    let address = address_of(cx, project, customer, checked);
    let mut known = tx.addresses(project).active_of(customer)?;
    if let Some(same) = known.iter().position(|known| known.fingerprint() == address.fingerprint()) {
        return Ok(known.swap_remove(same));
    }
    if known.len() >= MAX_ADDRESSES
        && let Some(oldest) = known.pop()
    {
        remove(cx, tx, project, customer, oldest.id)?;
    }
    insert(cx, tx, address)
}

fn insert(cx: &Cx, tx: &mut Tx<'_>, address: Address) -> Result<Address, StoreError> {
    tx.addresses(address.project_id).insert(&address)?;
    record(cx, tx, address.project_id, Happening::AddressCreated, address.id)?;
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

/// Checks all lines of an address, and answers what is wrong in the order in which forms ask.
pub fn check(new: &NewAddress) -> Result<CheckedAddress, Vec<(AddressLine, Wrong)>> {
    let mut mistakes = Vec::new();
    let mut take = |which, read: Result<Option<String>, Wrong>| {
        read.unwrap_or_else(|wrong| {
            mistakes.push((which, wrong));
            None
        })
    };
    let postal_code = new.postal_code.as_deref();
    let checked = NewAddress {
        line1: take(AddressLine::Line1, needed(Some(&new.line1))).unwrap_or_default(),
        line2: take(AddressLine::Line2, optional(new.line2.as_deref())),
        postal_code: if new.country.uses_postal_code() {
            take(AddressLine::PostalCode, needed(postal_code))
        } else {
            take(AddressLine::PostalCode, optional(postal_code))
        },
        city: take(AddressLine::City, needed(Some(&new.city))).unwrap_or_default(),
        state: take(AddressLine::State, state_of(new.country, new.state.as_deref())),
        country: new.country,
    };
    if mistakes.is_empty() { Ok(CheckedAddress(checked)) } else { Err(mistakes) }
}

fn address_of(cx: &Cx, project_id: ProjectId, customer_id: CustomerId, checked: CheckedAddress) -> Address {
    let CheckedAddress(NewAddress { line1, line2, city, state, postal_code, country }) = checked;
    Address {
        id: cx.id(),
        project_id,
        customer_id,
        line1,
        line2,
        city,
        state,
        postal_code,
        country,
        created_at: cx.now(),
        removed_at: None,
    }
}

/// US and CA states are the two letters of ISO 3166-2 (contracts/projects-api.md §1.9).
fn state_of(country: CountryCode, text: Option<&str>) -> Result<Option<String>, Wrong> {
    if !country.needs_state() {
        return optional(text);
    }
    let is_subdivision =
        |state: &String| state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase());
    match needed(text)? {
        Some(state) if !is_subdivision(&state) => Err(Wrong::Invalid),
        state => Ok(state),
    }
}

fn needed(text: Option<&str>) -> Result<Option<String>, Wrong> {
    match text.map(str::trim) {
        None | Some("") => Err(Wrong::Missing),
        text => optional(text),
    }
}

/// A line that may be absent, but is not blank where it is given.
fn optional(text: Option<&str>) -> Result<Option<String>, Wrong> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let is_line = (1..=MAX_CHARACTERS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_line { Ok(Some(text.to_owned())) } else { Err(Wrong::Invalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank_in(country: &str) -> NewAddress {
        NewAddress {
            line1: " ".to_owned(),
            line2: None,
            city: String::new(),
            state: None,
            postal_code: None,
            country: CountryCode::parse(country).unwrap(),
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_in_the_order_of_forms() {
        use AddressLine::{City, Line1, PostalCode, State};
        let missing =
            |lines: &[AddressLine]| lines.iter().map(|line| (*line, Wrong::Missing)).collect::<Vec<_>>();
        for (country, lines) in [
            ("DE", &[Line1, PostalCode, City][..]),
            ("US", &[Line1, PostalCode, City, State]),
            ("HK", &[Line1, City]),
        ] {
            assert_eq!(check(&blank_in(country)).unwrap_err(), missing(lines), "{country}");
        }
    }

    #[test]
    fn a_state_is_two_capitals_where_it_is_needed_and_free_elsewhere() {
        let in_state = |country: &str, state: &str| {
            let address = NewAddress {
                line1: "1 Main Street".to_owned(),
                city: "Springfield".to_owned(),
                postal_code: Some("62701".to_owned()),
                state: Some(state.to_owned()),
                ..blank_in(country)
            };
            check(&address).map(|checked| checked.0.state)
        };
        assert_eq!(in_state("US", " IL "), Ok(Some("IL".to_owned())));
        assert_eq!(in_state("CA", "Ontario"), Err(vec![(AddressLine::State, Wrong::Invalid)]));
        assert_eq!(in_state("IT", "Ontario"), Ok(Some("Ontario".to_owned())));
    }
}
