//! Every field that our forms have. Names are part of the pages' contract with their routes.

use super::form::{FieldSpec, Width};

/// The lists that a field can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// None: the answer is typed.
    None,
    /// The states of the USA.
    UsStates,
    /// The provinces and territories of Canada.
    CanadianProvinces,
}

/// What most fields have in common.
const PLAIN: FieldSpec = FieldSpec {
    name: "",
    label: "",
    hint: None,
    autocomplete: "off",
    input_mode: "text",
    max_length: 200,
    width: Width::Full,
    optional: false,
    options: Options::None,
};

const DIGITS: FieldSpec = FieldSpec { input_mode: "numeric", max_length: 2, width: Width::Digits, ..PLAIN };

/// The customer's name as on their passport.
pub const FULL_NAME: FieldSpec = FieldSpec {
    name: "full_name",
    label: "steps-name-label",
    hint: Some("steps-name-hint"),
    autocomplete: "name",
    ..PLAIN
};

/// The day of birth in its month.
pub const BIRTHDAY_DAY: FieldSpec =
    FieldSpec { name: "birthday_day", label: "steps-birthday-day", autocomplete: "bday-day", ..DIGITS };

/// The month of birth, from 1.
pub const BIRTHDAY_MONTH: FieldSpec =
    FieldSpec { name: "birthday_month", label: "steps-birthday-month", autocomplete: "bday-month", ..DIGITS };

/// The year of birth with four digits.
pub const BIRTHDAY_YEAR: FieldSpec = FieldSpec {
    name: "birthday_year",
    label: "steps-birthday-year",
    autocomplete: "bday-year",
    max_length: 4,
    ..DIGITS
};

/// The country, which decides the other fields of an address.
pub const COUNTRY: FieldSpec =
    FieldSpec { name: "country", label: "steps-address-country", autocomplete: "country", ..PLAIN };

/// Street and house number.
pub const LINE1: FieldSpec =
    FieldSpec { name: "line1", label: "steps-address-line1", autocomplete: "address-line1", ..PLAIN };

/// Whatever else finds the door.
pub const LINE2: FieldSpec = FieldSpec {
    name: "line2",
    label: "steps-address-line2",
    autocomplete: "address-line2",
    optional: true,
    ..PLAIN
};

/// City or town.
pub const CITY: FieldSpec = FieldSpec {
    name: "city",
    label: "steps-address-city",
    autocomplete: "address-level2",
    width: Width::Half,
    ..PLAIN
};

/// The code that the post sorts by.
pub const POSTAL_CODE: FieldSpec = POSTAL_CODE_BASE;

/// The postal code of a country that has none.
pub const POSTAL_CODE_IF_ANY: FieldSpec = FieldSpec { optional: true, ..POSTAL_CODE_BASE };

/// The postal code of the USA.
pub const ZIP_CODE: FieldSpec =
    FieldSpec { label: "steps-address-zip-code", input_mode: "numeric", ..POSTAL_CODE_BASE };

/// The postal code of the United Kingdom.
pub const POSTCODE: FieldSpec = FieldSpec { label: "steps-address-postcode", ..POSTAL_CODE_BASE };

/// The postal code of Ireland, which post there comes without.
pub const EIRCODE: FieldSpec = FieldSpec { label: "steps-address-eircode", ..POSTAL_CODE_IF_ANY };

const POSTAL_CODE_BASE: FieldSpec = FieldSpec {
    name: "postal_code",
    label: "steps-address-postal-code",
    autocomplete: "postal-code",
    max_length: 16,
    width: Width::Half,
    ..PLAIN
};

const STATE_BASE: FieldSpec =
    FieldSpec { name: "state", autocomplete: "address-level1", width: Width::Half, ..PLAIN };

/// A state of the USA.
pub const US_STATE: FieldSpec =
    FieldSpec { label: "steps-address-state", options: Options::UsStates, ..STATE_BASE };

/// A province or territory of Canada.
pub const CANADIAN_PROVINCE: FieldSpec =
    FieldSpec { label: "steps-address-province", options: Options::CanadianProvinces, ..STATE_BASE };

/// A province of Spain or Italy.
pub const PROVINCE: FieldSpec = FieldSpec { label: "steps-address-province", ..REGION };

/// A county of Ireland.
pub const COUNTY: FieldSpec = FieldSpec { label: "steps-address-county", ..REGION };

/// Whatever a country has between itself and a city.
pub const REGION: FieldSpec = FieldSpec { label: "steps-address-region", optional: true, ..STATE_BASE };

/// The number that identifies a phone.
pub const IMEI: FieldSpec = FieldSpec {
    name: "imei",
    label: "steps-device-label",
    hint: Some("steps-device-hint"),
    input_mode: "numeric",
    max_length: 40,
    ..PLAIN
};

/// The number printed on a SIM card.
pub const ICCID: FieldSpec = FieldSpec {
    name: "iccid",
    label: "steps-sim-iccid-label",
    hint: Some("steps-sim-iccid-hint"),
    input_mode: "numeric",
    max_length: 40,
    ..PLAIN
};

/// The number that the customer brings along.
pub const PHONE_NUMBER: FieldSpec = FieldSpec {
    name: "phone_number",
    label: "steps-number-phone-label",
    hint: Some("steps-number-phone-hint"),
    autocomplete: "tel",
    input_mode: "tel",
    max_length: 40,
    ..PLAIN
};

/// The customer's account at the provider that they leave.
pub const ACCOUNT_NUMBER: FieldSpec = FieldSpec {
    name: "account_number",
    label: "steps-number-account-label",
    hint: Some("steps-number-account-hint"),
    max_length: 64,
    optional: true,
    ..PLAIN
};

/// A voucher's code.
pub const VOUCHER: FieldSpec =
    FieldSpec { name: "voucher", label: "review-voucher-label", max_length: 64, ..PLAIN };

/// What a customer who cancels wants to say.
pub const CANCEL_COMMENT: FieldSpec =
    FieldSpec { name: "comment", label: "manage-cancel-comment", max_length: 500, ..PLAIN };

/// The address that a log-in code is sent to.
pub const EMAIL: FieldSpec = FieldSpec {
    name: "email",
    label: "login-email-label",
    autocomplete: "email",
    input_mode: "email",
    max_length: 254,
    ..PLAIN
};

/// The six digits of a log-in code.
pub const LOGIN_CODE: FieldSpec = FieldSpec {
    name: "code",
    label: "login-code-label",
    hint: Some("login-code-hint"),
    autocomplete: "one-time-code",
    input_mode: "numeric",
    max_length: 20,
    width: Width::Half,
    ..PLAIN
};

/// The states of the USA with the District of Columbia, by their ISO 3166-2 codes.
#[rustfmt::skip]
pub static US_STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"),
    ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"), ("DC", "District of Columbia"),
    ("FL", "Florida"), ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"),
    ("IN", "Indiana"), ("IA", "Iowa"), ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"),
    ("ME", "Maine"), ("MD", "Maryland"), ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"),
    ("MS", "Mississippi"), ("MO", "Missouri"), ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"),
    ("NH", "New Hampshire"), ("NJ", "New Jersey"), ("NM", "New Mexico"), ("NY", "New York"),
    ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"), ("OK", "Oklahoma"), ("OR", "Oregon"),
    ("PA", "Pennsylvania"), ("RI", "Rhode Island"), ("SC", "South Carolina"), ("SD", "South Dakota"),
    ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"), ("VA", "Virginia"),
    ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
];

/// The provinces and territories of Canada, by their ISO 3166-2 codes.
#[rustfmt::skip]
pub static CANADIAN_PROVINCES: &[(&str, &str)] = &[
    ("AB", "Alberta"), ("BC", "British Columbia"), ("MB", "Manitoba"), ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"), ("NT", "Northwest Territories"), ("NS", "Nova Scotia"),
    ("NU", "Nunavut"), ("ON", "Ontario"), ("PE", "Prince Edward Island"), ("QC", "Québec"),
    ("SK", "Saskatchewan"), ("YT", "Yukon"),
];
