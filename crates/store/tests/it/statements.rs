//! Every statement of this crate prepares on both databases, against the schema as it is.
//!
//! The texts are found in the source, so nobody has to list them. One that is put together at run time is
//! left to the tests that run it, unless all that it lacks are constants of the same file.

use std::{collections::HashMap, ffi::OsStr, fs, path::Path};

use perennial_store::{Store, StoreError};

use crate::support::TestDatabase;

/// Where the two databases are addressed by themselves.
const ENGINE_SPECIFIC: [&str; 5] = ["sqlite", "postgres", "sql.rs", "migrate.rs", "positions.rs"];

const VERBS: [&str; 5] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    prepare_all(&TestDatabase::sqlite().store().await).await;
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    prepare_all(&TestDatabase::postgres().await.store().await).await;
}

async fn prepare_all(store: &Store) {
    let mut refused = Vec::new();
    let statements = statements();
    assert!(statements.len() > 5, "the source was not understood: {statements:?}");
    for sql in statements {
        let text = sql.clone();
        let result: Result<(), StoreError> = store.read(move |tx| tx.prepare(&text)).await;
        if let Err(error) = result {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            refused.push(format!("{sql}\n    {}", cause.unwrap_or_else(|| error.to_string())));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

fn statements() -> Vec<String> {
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn visit(path: &Path, found: &mut Vec<String>) {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if ENGINE_SPECIFIC.contains(&name) {
        return;
    }
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            visit(&entry, found);
        }
    } else if path.extension() == Some(OsStr::new("rs")) {
        let source = fs::read_to_string(path).unwrap();
        let product = source.split("#[cfg(test)]").next().unwrap_or_default();
        statements_in(product, found);
    }
}

fn statements_in(source: &str, found: &mut Vec<String>) {
    let literals = literals(source);
    let constants: HashMap<String, &String> = literals
        .iter()
        .filter_map(|literal| {
            let (name, _) = literal.before.split_once(": &str =")?;
            Some((format!("{{{}}}", name.trim_start_matches("const ")), &literal.text))
        })
        .collect();
    for literal in &literals {
        let text =
            constants.iter().fold(literal.text.clone(), |text, (name, value)| text.replace(name, value));
        if VERBS.iter().any(|verb| text.starts_with(verb)) && !text.contains('{') {
            found.push(text);
        }
    }
}

/// A string literal, and what stands before it in its line and the one above.
struct Literal {
    before: String,
    text: String,
}

/// The string literals of a source without its comments. Knows what rustfmt leaves, not all of Rust.
fn literals(source: &str) -> Vec<Literal> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect::<String>()
        .replace("'\"'", "''");
    let mut literals = Vec::new();
    let mut rest = code.as_str();
    while let Some(open) = rest.find('"') {
        let declaration = rest[..open].rfind("const ").map_or("", |at| &rest[at..open]);
        let (text, after) = read_literal(&rest[open + 1..]);
        literals.push(Literal { before: declaration.trim_end().to_owned(), text });
        rest = after;
    }
    literals
}

/// Reads up to the closing quote: an escaped end of line also swallows the next line's indentation.
fn read_literal(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut letters = source.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, &source[at + 1..]),
            '\\' => match letters.next() {
                Some((_, '\n')) => {
                    let behind = letters.as_str();
                    let indent = behind.len() - behind.trim_start().len();
                    letters.by_ref().take(behind[..indent].chars().count()).for_each(drop);
                }
                Some((_, escaped)) => text.push(escaped),
                None => break,
            },
            _ => text.push(letter),
        }
    }
    (text, "")
}
