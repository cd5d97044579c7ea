//! Every language says everything, and nothing is said that no page shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use fluent_bundle::FluentResource;
use perennial_connect::i18n::{Language, sources};
use perennial_connect::pages::address::NAMED_COUNTRIES;

/// The keys of a language, each with the variables in its text.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources(language) {
        let mut current = None;
        for line in source.text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                assert!(key.starts_with(&format!("{}-", source.name)), "{key} stands in {}.ftl", source.name);
                assert!(found.insert(key.to_owned(), BTreeSet::new()).is_none(), "{key} stands twice");
                current = Some(key.to_owned());
            }
            let variables = line.split('$').skip(1).map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()
            });
            if let Some(key) = &current {
                found.entry(key.clone()).or_default().extend(variables);
            }
        }
    }
    found
}

#[test]
fn every_locale_file_parses_without_a_mistake() {
    for language in Language::ALL {
        for source in sources(language) {
            let parsed = FluentResource::try_new(source.text.to_owned());
            let mistakes = parsed.err().map(|(_, errors)| errors);
            assert_eq!(mistakes, None, "{}/{}.ftl", language.tag(), source.name);
        }
    }
}

#[test]
fn every_language_has_the_same_keys_with_the_same_variables() {
    let english = messages(Language::English);
    for language in Language::ALL {
        assert_eq!(messages(language), english, "{}", language.own_name());
    }
}

#[test]
fn every_key_in_use_exists_and_every_key_that_exists_is_in_use() {
    let known: BTreeSet<String> = messages(Language::English).into_keys().collect();
    let areas: BTreeSet<&str> = sources(Language::English).iter().map(|source| source.name).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    for folder in ["src", "templates"] {
        read_all(&root.join(folder), &mut text).unwrap();
    }
    let is_key = |literal: &&str| {
        let area = literal.split('-').next().unwrap_or_default();
        literal.contains('-')
            && area != "country"
            && areas.contains(area)
            && literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let mut used: BTreeSet<String> = text.split('"').filter(is_key).map(str::to_owned).collect();
    used.extend(NAMED_COUNTRIES.map(|code| format!("country-{}", code.to_ascii_lowercase())));
    assert_eq!(used, known);
}

fn read_all(folder: &Path, into: &mut String) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path, into)?;
        } else {
            into.push_str(&fs::read_to_string(&path)?);
            // Keeps an odd quotation mark in one file from turning the next inside out.
            into.push('"');
        }
    }
    Ok(())
}
