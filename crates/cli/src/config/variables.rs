//! Environment variables, laid over the file.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::ConfigError;

const PREFIX: &str = "PERENNIAL_";

/// Each variable, and the key that it sets.
const VARIABLES: &[(&str, &str, &str)] = &[
    ("PERENNIAL_DATABASE_URL", "database", "url"),
    ("PERENNIAL_DATABASE_URL_FILE", "database", "url_file"),
    ("PERENNIAL_HTTP_LISTEN", "http", "listen"),
    ("PERENNIAL_HTTP_PUBLIC_URL", "http", "public_url"),
    ("PERENNIAL_HTTP_CLIENT_ADDRESS_HEADER", "http", "client_address_header"),
    ("PERENNIAL_API_REQUESTS_PER_SECOND", "api", "requests_per_second"),
    ("PERENNIAL_CONNECT_PUBLIC_URL", "connect", "public_url"),
    ("PERENNIAL_ORGANIZATIONS_PROJECT", "organizations", "project"),
    ("PERENNIAL_WEBHOOKS_ALLOW_PRIVATE", "webhooks", "allow_private"),
    ("PERENNIAL_MASTER_KEY", "secrets", "master_key"),
    ("PERENNIAL_MASTER_KEY_FILE", "secrets", "master_key_file"),
    ("PERENNIAL_MAIL_FROM", "mail", "from"),
    ("PERENNIAL_MAIL_SMTP_URL", "mail", "smtp_url"),
    ("PERENNIAL_MAIL_SMTP_URL_FILE", "mail", "smtp_url_file"),
    ("PERENNIAL_LOG_FORMAT", "log", "format"),
    ("PERENNIAL_LOG_LEVEL", "log", "level"),
    ("PERENNIAL_WORKER_CONCURRENCY", "worker", "concurrency"),
];

/// The variables whose values are `true` or `false`.
const TRUTHS: &[&str] = &["PERENNIAL_WEBHOOKS_ALLOW_PRIVATE"];

/// The variables whose values are whole numbers; all others are texts.
const NUMBERS: &[&str] = &["PERENNIAL_API_REQUESTS_PER_SECOND", "PERENNIAL_WORKER_CONCURRENCY"];

/// Variables that are no settings: options of single commands, an app's own, and those of the tests.
const ELSEWHERE: &[&str] = &[
    "PERENNIAL_CONFIG",
    "PERENNIAL_STRIPE_SECRET_KEY",
    "PERENNIAL_STRIPE_WEBHOOK_SECRET",
    "PERENNIAL_MEMBER_PASSWORD",
    "PERENNIAL_SIGNING_SECRET",
    "PERENNIAL_URL",
    "PERENNIAL_API_KEY",
];
const OF_TESTS: &str = "PERENNIAL_TEST_";

/// The file's table with the variables in it.
#[derive(Debug)]
pub(super) struct Overlay {
    /// What is to be read.
    pub(super) table: Table,
    /// Which keys came from which variables, for messages.
    pub(super) names: BTreeMap<String, &'static str>,
}

/// Lays the variables over the file. A variable that looks like ours and is not is a mistake.
pub(super) fn overlay(
    mut table: Table,
    variables: &BTreeMap<String, String>,
) -> Result<Overlay, ConfigError> {
    let mut names = BTreeMap::new();
    for (name, value) in variables.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        let known = VARIABLES.iter().find(|(variable, ..)| variable == name);
        let Some(&(variable, section, key)) = known else {
            if ELSEWHERE.contains(&name.as_str()) || name.starts_with(OF_TESTS) {
                continue;
            }
            return Err(ConfigError::new(name, "there is no such setting"));
        };
        put(&mut table, section, key, typed(variable, value))?;
        names.insert(format!("{section}.{key}"), variable);
    }
    Ok(Overlay { table, names })
}

fn put(table: &mut Table, section: &str, key: &str, value: Value) -> Result<(), ConfigError> {
    let section_value = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    let entries = section_value
        .as_table_mut()
        .ok_or_else(|| ConfigError::new(section, "must be a table of settings"))?;
    // A secret is given here or in a file; what the variables say replaces whichever the configuration file says.
    match key.strip_suffix("_file") {
        Some(inline) => entries.remove(inline),
        None => entries.remove(&format!("{key}_file")),
    };
    entries.insert(key.to_owned(), value);
    Ok(())
}

fn typed(variable: &str, value: &str) -> Value {
    let number = value.parse().ok().filter(|_| NUMBERS.contains(&variable)).map(Value::Integer);
    let truth = value.parse().ok().filter(|_| TRUTHS.contains(&variable)).map(Value::Boolean);
    number.or(truth).unwrap_or_else(|| Value::String(value.to_owned()))
}
