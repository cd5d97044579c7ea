//! Which crate may use which: the one drawing of the house that cannot go out of date.

use std::fs::read_to_string;
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// What each crate may use of ours. A crate that is not named here may not exist.
const ARROWS: &[(&str, &[&str])] = &[
    ("perennial-domain", &[]),
    ("perennial-store", &["perennial-domain"]),
    ("perennial-core", &["perennial-store", "perennial-domain"]),
    ("perennial-stripe", &["perennial-core", "perennial-domain"]),
    ("perennial-http", &["perennial-core", "perennial-domain"]),
    ("perennial-projects-api", DOOR),
    ("perennial-organizations-api", DOOR),
    ("perennial-business-api", DOOR),
    ("perennial-connect", DOOR),
    ("perennial-worker", &["perennial-core", "perennial-domain"]),
    ("perennial-webhooks-out", &["perennial-core"]),
    ("stripe-sandbox", &[]),
    ("perennial-client", &[]),
    ("phone-shop", &["perennial-client"]),
    (
        "perennial",
        &[
            "perennial-projects-api",
            "perennial-organizations-api",
            "perennial-business-api",
            "perennial-connect",
            "perennial-worker",
            "perennial-stripe",
            "perennial-webhooks-out",
            "perennial-http",
            "perennial-core",
            "perennial-store",
            "perennial-domain",
            "stripe-sandbox",
            "phone-shop",
        ],
    ),
];

/// A door parses, calls one use case, and answers: it reaches neither SQL nor Stripe.
const DOOR: &[&str] = &["perennial-http", "perennial-core", "perennial-domain"];

/// Crates that are no part of the product, and that no part of it may use but in its tests.
const TOOLS: &[&str] = &[TESTKIT, "perennial-bench"];

/// Crates that know nothing of ours, not even in their tests: they must work with the program of a stranger.
const STRANGERS: &[&str] = &["stripe-sandbox", "perennial-client"];

/// What the tests of all others may use besides: rows to start from, and a Stripe to talk to.
const IN_TESTS: &[&str] = &[TESTKIT, "perennial-store", "stripe-sandbox"];
const TESTKIT: &str = "perennial-testkit";

fn workspace() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // Without the crates of others: nothing has to be resolved, so nothing is asked of the network.
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo describes the workspace")
}

/// What of ours a package uses, and for what.
fn arrows<'m>(workspace: &'m Metadata, package: &'m Package) -> Vec<(&'m str, DependencyKind)> {
    let is_ours = |name: &str| workspace.packages.iter().any(|package| package.name.as_str() == name);
    let ours = package.dependencies.iter().filter(|dependency| is_ours(&dependency.name));
    ours.map(|dependency| (dependency.name.as_str(), dependency.kind)).collect()
}

fn may_use(from: &str, to: &str, kind: DependencyKind) -> bool {
    let allowed = ARROWS.iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, allowed)| *allowed);
    let in_tests =
        kind == DependencyKind::Development && IN_TESTS.contains(&to) && !STRANGERS.contains(&from);
    allowed.contains(&to) || in_tests
}

#[test]
fn every_arrow_of_the_house_is_one_that_was_drawn() {
    let workspace = workspace();
    let mut wrong = Vec::new();
    for package in &workspace.packages {
        let from = package.name.as_str();
        if TOOLS.contains(&from) {
            continue;
        }
        for (to, kind) in arrows(&workspace, package) {
            if !may_use(from, to, kind) {
                wrong.push(format!("{from} -> {to} ({kind})"));
            }
        }
    }
    assert!(wrong.is_empty(), "these were not: {wrong:#?}");
}

/// What the compiler cannot see: transactions pass through the doors on their way to the use cases, and know every table.
#[test]
fn no_door_asks_the_rows_itself() {
    let doors = ARROWS.iter().filter(|(_, uses)| *uses == DOOR).map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(doors.len(), 4, "{doors:?}");
    let workspace = workspace();
    let mut asked = Vec::new();
    for package in workspace.packages.iter().filter(|package| doors.contains(&package.name.as_str())) {
        let sources = package.manifest_path.with_file_name("src");
        visit_sources(sources.as_std_path(), &mut |path, source| {
            if calls_a_transaction(source) {
                asked.push(path.display().to_string());
            }
        });
    }
    assert!(asked.is_empty(), "a use case of the core should do it for them: {asked:#?}");
}

/// Whether `tx.` stands in it, the dot perhaps on the next line.
fn calls_a_transaction(source: &str) -> bool {
    source.match_indices("tx").any(|(at, word)| {
        let is_a_word = !source[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        is_a_word && source[at + word.len()..].trim_start().starts_with('.')
    })
}

fn visit_sources(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in folder.read_dir().expect("a crate has sources") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            visit_sources(&path, look);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            look(&path, &read_to_string(&path).expect("sources are text"));
        }
    }
}

#[test]
fn every_crate_has_its_place_in_the_drawing() {
    let drawn = ARROWS.iter().map(|(name, _)| *name).chain(TOOLS.iter().copied()).collect::<Vec<_>>();
    for package in &workspace().packages {
        assert!(drawn.contains(&package.name.as_str()), "{} is not in the drawing", package.name);
    }
}

#[test]
fn the_testkit_is_built_into_no_part_of_the_product() {
    let workspace = workspace();
    let product = workspace.packages.iter().filter(|package| !TOOLS.contains(&package.name.as_str()));
    let users = product.filter(|package| {
        let normal =
            |(used, kind): &(&str, DependencyKind)| *used == TESTKIT && *kind == DependencyKind::Normal;
        !TOOLS.contains(&package.name.as_str()) && arrows(&workspace, package).iter().any(normal)
    });
    let users = users.map(|package| package.name.as_str()).collect::<Vec<_>>();
    assert!(users.is_empty(), "the testkit is for tests, and these build it in: {users:?}");
}
