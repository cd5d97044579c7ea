//! `docs/organizations.md` says which test shows what: each must be there, and the codes of the error table with it.

use std::collections::BTreeSet;
use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/organizations.md");

/// A file of these tests.
fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_code(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The text of a test, from its name to the end of its function.
fn body<'t>(source: &'t str, name: &str) -> Option<&'t str> {
    let text = &source[source.find(&format!("fn {name}("))?..];
    Some(&text[..text.find("\n}")?])
}

/// The rows of the page's tables: what is shown, the words between backticks that say by which tests, and all that does.
fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>, &'static str)> {
    let (_, tables) = PAGE.split_once("## What is shown by which test").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    rows.map(|(shown, tests)| (shown, quoted(tests).filter(|word| !word.contains('/')).collect(), tests))
}

#[test]
fn every_test_that_the_page_names_exists_and_mentions_its_codes() {
    let mut seen = 0;
    for (shown, words, _) in rows() {
        let (mut file, mut source) = ("", String::new());
        for word in words {
            if Path::new(word).extension().is_some() {
                (file, source) = (word, read(word));
                continue;
            }
            let body = body(&source, word).unwrap_or_else(|| panic!("there is no {word} in {file}"));
            for code in quoted(shown).filter(|word| is_code(word)) {
                assert!(body.contains(code), "{word} in {file} does not mention {code}");
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} tests were found on the page");
}

#[test]
fn every_walk_that_the_page_names_is_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/tests");
    let walks = ["organizations.test.mjs", "organizations-time.test.mjs"]
        .map(|file| std::fs::read_to_string(folder.join(file)).unwrap())
        .concat();
    let named = rows().filter_map(|(flow, _, tests)| {
        let walk = tests.strip_prefix('"')?.strip_suffix("\" |")?;
        Some((flow, walk))
    });
    let named = named.collect::<Vec<_>>();
    for (flow, walk) in &named {
        assert!(walks.contains(&format!("test(\"{walk}\"")), "{flow}: there is no walk {walk:?}");
    }
    for section in 1..=8 {
        let section = format!("§9.{section}");
        assert!(named.iter().any(|(flow, _)| flow.contains(&section)), "nobody walks {section}");
    }
}

#[test]
fn every_code_that_is_answered_is_on_the_page() {
    let mut answered = BTreeSet::new();
    for folder in ["src", "../core/src/organizations"] {
        for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).read_dir().unwrap() {
            let path = entry.unwrap().path();
            let Ok(source) = std::fs::read_to_string(&path) else { continue };
            let texts = source.split('"').skip(1).step_by(2).filter(|text| is_code(text));
            answered.extend(texts.map(str::to_owned));
        }
    }
    // The one word of this shape that is no refusal.
    assert!(answered.remove("ALL_TIME"));
    assert!(answered.len() > 30, "{answered:?}");
    let missing = answered.into_iter().filter(|code| !PAGE.contains(&format!("`{code}`")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
}
