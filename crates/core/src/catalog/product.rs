//! Products and prices of the file.

use perennial_domain::{
    Capability, CapabilityKind, ChangePolicy, ChangeTime, Currency, Metadata, Money, ProductKind,
    ProductStatus, Span, Term, TermUnit,
};
use url::Url;

use super::business::read_business;
use super::file::{PriceEntry, ProductEntry};
use super::reader::TableReader;
use super::telecom::{read_addon_facts, read_plan_facts};

const STATUSES: [(&str, ProductStatus); 3] = [
    ("draft", ProductStatus::Draft),
    ("available", ProductStatus::Available),
    ("archived", ProductStatus::Archived),
];
const KINDS: [(&str, ProductKind); 2] = [("plan", ProductKind::Plan), ("addon", ProductKind::Addon)];
const CAPABILITY_KINDS: [(&str, CapabilityKind); 2] =
    [("boolean", CapabilityKind::Boolean), ("quota", CapabilityKind::Quota)];
const CHANGE_TIMES: [(&str, ChangeTime); 2] = [("now", ChangeTime::Now), ("renewal", ChangeTime::Renewal)];
/// The words of a term's unit, alone or in number.
const UNITS: [(&str, TermUnit); 4] =
    [("day", TermUnit::Day), ("week", TermUnit::Week), ("month", TermUnit::Month), ("year", TermUnit::Year)];
/// Stripe's largest amount (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>): eight digits.
const MAX_AMOUNT_MINOR: i64 = 99_999_999;

pub(super) fn read_products(reader: &mut TableReader<'_, '_>) -> Vec<ProductEntry> {
    reader.tables("product", read_product)
}

fn read_product(reader: &mut TableReader<'_, '_>) -> Option<ProductEntry> {
    let key = reader.required("key", |reader, key| reader.parsed(key, parse_key));
    let kind = reader.required("kind", |reader, key| reader.word(key, &KINDS));
    let name = reader.required("name", TableReader::text);
    let description = reader.text("description");
    let image = reader.parsed("image", |text| Url::parse(text).map(|_| text.to_owned()));
    let status = reader.word("status", &STATUSES).unwrap_or(ProductStatus::Available);
    let exclusive_group = reader.text("exclusive_group");
    let changes = reader.table("changes", read_changes).unwrap_or_default();
    let sku = reader.text("sku");
    let capabilities = reader.tables("capability", read_capability);
    let metadata = read_metadata(reader);
    let plan_facts = reader.table("mobile_plan", read_plan_facts);
    let addon = reader.table("mobile_addon", read_addon_facts);
    let business = reader.table("business", read_business);
    let prices = reader.required("price", |reader, key| Some(reader.tables(key, read_price)));
    let line = reader.line();
    let (addon_facts, addon_plans) = addon.unzip();
    Some(ProductEntry {
        key: key?,
        kind: kind?,
        name: name?,
        description,
        image,
        status,
        exclusive_group,
        changes,
        sku,
        capabilities,
        plan_facts,
        addon_facts,
        addon_plans: addon_plans.unwrap_or_default(),
        business,
        metadata,
        prices: prices.unwrap_or_default(),
        line,
    })
}

/// `changes = { upgrade = "now", downgrade = "renewal" }`, of which either may be left out.
#[expect(clippy::unnecessary_wraps, reason = "tables are read by functions that may find nothing")]
fn read_changes(reader: &mut TableReader<'_, '_>) -> Option<ChangePolicy> {
    Some(ChangePolicy {
        upgrade: reader.word("upgrade", &CHANGE_TIMES),
        downgrade: reader.word("downgrade", &CHANGE_TIMES),
    })
}

fn read_price(reader: &mut TableReader<'_, '_>) -> Option<PriceEntry> {
    let key = reader.required("key", |reader, key| reader.parsed(key, parse_key));
    let amount = reader.required("amount", TableReader::integer);
    let currency = reader.required("currency", |reader, key| reader.parsed(key, Currency::from_code));
    let term = read_term(reader);
    if amount.is_some_and(|amount| !(0..=MAX_AMOUNT_MINOR).contains(&amount)) {
        reader.complain(format!("`amount` is in minor units and lies between 0 and {MAX_AMOUNT_MINOR}"));
        return None;
    }
    Some(PriceEntry { key: key?, amount: Money::new(amount?, currency?), term: term? })
}

/// `every = "1 month"` renews, `once = "30 days"` ends, `once = "lifetime"` never ends.
fn read_term(reader: &mut TableReader<'_, '_>) -> Option<Term> {
    let every = reader.parsed("every", parse_span).map(Term::Recurring);
    let once = reader.parsed("once", |text| match text {
        "lifetime" => Ok(Term::Lifetime),
        text => parse_span(text).map(Term::Fixed),
    });
    match (every, once) {
        (Some(term), None) | (None, Some(term)) => Some(term),
        (Some(_), Some(_)) => {
            reader.complain("a price has `every` or `once`, not both");
            None
        }
        (None, None) => {
            reader.complain(
                "a price needs `every = \"1 month\"` or `once = \"30 days\"` or `once = \"lifetime\"`",
            );
            None
        }
    }
}

fn parse_span(text: &str) -> Result<Span, String> {
    let wrong = || format!("{text:?} is not a term such as \"1 month\" or \"30 days\"");
    let (count, word) = text.split_once(' ').ok_or_else(wrong)?;
    let count = count.parse::<u16>().ok().filter(|count| (1..=1_000).contains(count)).ok_or_else(wrong)?;
    let unit = UNITS.iter().find(|(unit, _)| word == *unit || word.strip_suffix('s') == Some(unit));
    Ok(Span { unit: unit.ok_or_else(wrong)?.1, count })
}

fn parse_key(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if text.len() <= 60 && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("has up to 60 of a-z, 0-9, - and _")
    }
}

fn read_capability(reader: &mut TableReader<'_, '_>) -> Option<Capability> {
    let code = reader.required("code", TableReader::text);
    let description = reader.required("description", TableReader::text);
    let kind = reader.required("kind", |reader, key| reader.word(key, &CAPABILITY_KINDS));
    let value = reader.required("value", TableReader::integer);
    Some(Capability { code: code?, description: description?, kind: kind?, value: value? })
}

fn read_metadata(reader: &mut TableReader<'_, '_>) -> Metadata {
    let patch = reader.text_map("metadata").into_iter().map(|(key, value)| (key, Some(value))).collect();
    Metadata::default().merge(&patch).unwrap_or_else(|error| {
        reader.complain(error.to_string());
        Metadata::default()
    })
}
