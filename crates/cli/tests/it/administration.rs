//! The commands of an operator, over a database of their own.

use serde_json::Value;

use crate::program::{Place, Ran};

/// A place with a configuration and an empty database that is up to date.
fn prepared() -> Place {
    let place = Place::with_settings("[log]\nlevel = 'off'\n");
    assert!(place.run(&["migrate"]).data().contains("0001_first_sale"));
    place
}

fn with_project(slug: &str) -> Place {
    let place = prepared();
    place.run(&["project", "create", slug, "--name", "Heron Mobile", "--locale", "nl-NL"]).data();
    place
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

#[test]
fn a_mistake_in_the_settings_names_the_key_and_is_misuse() {
    let place = Place::new();
    place.write("perennial.toml", "[http]\nlisten = 'here'\n");
    let ran = place.run(&["migrate"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: http.listen: "), "{ran:?}");

    let ran = Ran::from(place.command(&["migrate"]).env("PERENNIAL_HTTP_LSTEN", "x").output().unwrap());
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(2), "error: PERENNIAL_HTTP_LSTEN: there is no such setting\n")
    );
}

#[test]
fn without_a_master_key_it_says_how_to_make_one() {
    let place = Place::new();
    let ran = place.run(&["project", "list"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("secrets.master_key") && ran.stderr.contains("hint: "), "{ran:?}");
}

#[test]
fn a_database_that_is_behind_is_left_alone_until_it_is_migrated() {
    let place = Place::with_settings("");
    let ran = place.run(&["project", "list"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("behind") && ran.stderr.contains("hint: run the migrate command"), "{ran:?}");

    place.run(&["migrate"]).data();
    assert_eq!(json(&place.run(&["project", "list", "--json"])), Value::Array(Vec::new()));
    assert_eq!(place.run(&["migrate"]).data(), "", "nothing was due");
}

#[test]
fn a_project_is_made_once_and_shown_with_its_settings() {
    let place = with_project("heron");
    let again = place.run(&["project", "create", "heron", "--name", "Another"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(1), "error: there is a project heron already\n"));

    place.run(&[
        "project",
        "set",
        "heron",
        "--accent-colour",
        "#0A7F5C",
        "--terms-url",
        "https://heron.example/t",
    ]);
    let shown = json(&place.run(&["project", "show", "heron"]));
    assert_eq!(shown["name"], "Heron Mobile");
    assert_eq!(shown["locales"], serde_json::json!(["nl-NL"]));
    assert_eq!(shown["settings"]["accent_colour"], "#0a7f5c");
    assert_eq!(shown["settings"]["terms_url"], "https://heron.example/t");
}

#[test]
fn a_setting_that_a_project_need_not_have_is_cleared() {
    let place = with_project("heron");
    let set = |options: &[&str]| place.run(&[&["project", "set", "heron"], options].concat());
    let shown = || json(&place.run(&["project", "show", "heron"]))["settings"].clone();
    let usual = shown();
    let organizations = r#"{"product_line":"workspace","frontend_url":"https://app.example"}"#;
    let link = "https://heron.example/";
    let given = [
        ("accent-colour", "#0a7f5c"),
        ("logo-url", link),
        ("terms-url", link),
        ("privacy-url", link),
        ("support-email", "help@heron.example"),
        ("allow-callback", link),
        ("login-url", link),
        ("organizations", organizations),
    ];
    for (setting, value) in given {
        let option = format!("--{setting}");
        assert_eq!(set(&[&option, value]).code, Some(0), "{setting}");
        assert_ne!(shown(), usual, "{setting}");
        assert_eq!(set(&["--clear", setting, &option, value]).code, Some(2), "{setting}");
        assert_eq!(set(&["--clear", setting]).code, Some(0), "{setting}");
        assert_eq!(shown(), usual, "{setting}");
    }
}

#[test]
fn what_happens_to_customers_is_shown_as_it_is_set() {
    let place = with_project("heron");
    let shown = || json(&place.run(&["project", "show", "heron"]))["settings"].clone();
    assert_eq!(shown()["arrears"], serde_json::json!({ "access": "keep", "after": "end", "days": 14 }));

    let policies = [
        ["--arrears", r#"{"after":"restrict","days":30}"#],
        ["--disputes", "atOnce"],
        ["--cancellation", "at_once"],
        ["--mails", r#"{"receipts":false}"#],
    ];
    place.run(&[&["project", "set", "heron"], &policies.concat()[..]].concat());
    let settings = shown();
    assert_eq!(settings["arrears"], serde_json::json!({ "access": "keep", "after": "restrict", "days": 30 }));
    assert_eq!((&settings["disputes"], &settings["cancellation"]), (&"atOnce".into(), &"at_once".into()));
    let mails = serde_json::json!({
        "receipts": false, "failed_renewals": true, "cancellations": true, "unfinished_carts": true,
        "operator": null,
    });
    assert_eq!(settings["mails"], mails);

    for (option, value) in [("--arrears", r#"{"weeks":2}"#), ("--disputes", "sometimes"), ("--mails", "no")] {
        let ran = place.run(&["project", "set", "heron", option, value]);
        assert_eq!(ran.code, Some(2), "{option}: {ran:?}");
    }
    assert_eq!(shown(), settings);
}

#[test]
fn a_setting_that_customers_must_not_meet_changes_nothing() {
    let place = with_project("heron");
    for (option, value, complaint) in [
        ("--accent-colour", "red", "a colour is written #rrggbb"),
        ("--terms-url", "http://heron.example/t", "must begin with https://"),
        ("--login-url", "http://heron.example/l", "must begin with https://"),
        ("--logo-url", "javascript:alert(1)", "must begin with https://"),
        ("--locale", "deutsch-!", "is not a language tag"),
        ("--support-email", "help", "is not an e-mail address"),
        ("--name", " ", "a project needs a name"),
        ("--arrears", r#"{"days":0}"#, "for 1 to 365 days, not for 0"),
        ("--arrears", r#"{"days":366}"#, "for 1 to 365 days, not for 366"),
    ] {
        let ran = place.run(&["project", "set", "heron", "--hide-powered-by", "true", option, value]);
        assert_eq!(ran.code, Some(1), "{option}: {ran:?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(complaint), "{ran:?}");
    }
    let shown = json(&place.run(&["project", "show", "heron"]));
    assert_eq!(shown["settings"]["hide_powered_by"], false);
    assert_eq!(shown["locales"], serde_json::json!(["nl-NL"]));
}

#[test]
fn a_webhook_secret_that_leaked_is_ended_by_its_successor() {
    let place = with_project("heron");
    for name in ["first", "second"] {
        place.write(name, &format!("whsec_{name}\n"));
    }
    let add = ["project", "webhook-secret", "heron", "--secret-file"];
    place.run(&[&add[..], &["first"]].concat()).data();
    let rotated = place.run(&[&add[..], &["second", "--expire-others"]].concat());
    rotated.data();
    assert!(rotated.stderr.contains("1 older secret"), "{rotated:?}");
}

#[test]
fn a_key_is_printed_once_and_ends_when_it_is_told_to() {
    let place = with_project("heron");
    let secret = place.run(&["key", "create", "--label", "shop", "--expires-in", "90d"]).data().to_owned();
    assert!(secret.starts_with("pk_"), "standard output has the key and nothing else");

    let listed = place.run(&["key", "list", "--project", "heron", "--json"]);
    assert!(!listed.stdout.contains(&secret));
    let keys = json(&listed);
    assert_eq!(keys[0]["label"], "shop");
    let expires_at = keys[0]["expiresAt"].clone();
    place.run(&["key", "expire", keys[0]["id"].as_str().unwrap()]).data();
    let keys = json(&place.run(&["key", "list", "--json"]));
    assert!(keys[0]["expiresAt"].as_str() < expires_at.as_str(), "{keys}");
}

#[test]
fn a_stripe_key_never_comes_as_an_argument_and_is_sealed() {
    let place = with_project("heron");
    let none = place.run(&["project", "stripe", "heron"]);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("PERENNIAL_STRIPE_SECRET_KEY is not set"), "{none:?}");

    place.write("stripe.key", "sk_test_0123456789\n");
    let connected = place.run(&["project", "stripe", "heron", "--secret-key-file", "stripe.key"]);
    connected.data();
    assert!(connected.stderr.contains("/webhooks/stripe/heron"), "{connected:?}");
    let database = std::fs::read(place.path().join("perennial.db")).unwrap();
    assert!(!database.windows(18).any(|window| window == b"sk_test_0123456789"));
}

#[test]
fn every_mistake_of_a_catalogue_is_told_at_once_with_its_place() {
    let place = with_project("heron");
    place.write("catalog.toml", "[[product]]\nkey = 'a'\nkind = 'plan'\nprise = 1\n");
    let ran = place.run(&["catalog", "plan", "catalog.toml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("catalog.toml:4:1: unknown key `prise`"), "{ran:?}");
    assert!(ran.stderr.contains("`name` is missing"), "{ran:?}");
    assert!(ran.stderr.contains("error: catalog.toml has "), "{ran:?}");
}

#[test]
fn a_free_catalogue_is_planned_applied_and_then_no_longer_a_change() {
    let place = with_project("heron");
    let file = "[[product]]\nkey = 'free'\nkind = 'plan'\nname = 'Free'\n\
                [[product.price]]\nkey = 'free'\namount = 0\ncurrency = 'EUR'\nonce = 'lifetime'\n";
    place.write("catalog.toml", file);
    let planned = place.run(&["catalog", "plan", "catalog.toml"]);
    assert_eq!(planned.data(), "+ product free (Free)\n+ price free/free: 0.00 EUR once for life");
    assert_eq!(place.run(&["catalog", "apply", "catalog.toml"]).data(), planned.data());

    let planned = place.run(&["catalog", "plan", "catalog.toml"]);
    assert_eq!((planned.data(), planned.stderr.as_str()), ("", "no changes\n"));
}

#[test]
fn a_backup_is_a_whole_database_and_replaces_nothing() {
    let place = with_project("heron");
    place.run(&["backup", "copy.db"]).data();
    let copied = Ran::from(
        place.command(&["project", "list"]).env("PERENNIAL_DATABASE_URL", "sqlite:copy.db").output().unwrap(),
    );
    assert!(copied.data().contains("Heron Mobile"));
    let again = place.run(&["backup", "copy.db"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(1), "error: the target exists already\n"));
}

#[test]
fn the_doctor_finds_what_is_missing() {
    let place = with_project("heron");
    let ran = place.run(&["doctor", "--json"]);
    assert_eq!(ran.code, Some(1));
    let findings: Value = serde_json::from_str(&ran.stdout).unwrap();
    let ill = findings.as_array().unwrap().iter().filter(|finding| finding["is_well"] == false);
    let ill = ill.map(|finding| finding["what"].as_str().unwrap()).collect::<Vec<_>>();
    let expected =
        ["heron: Stripe account", "heron: webhook secrets", "heron: catalogue", "heron: prices at Stripe"];
    assert_eq!(ill, expected);

    place.write("master.key", "not a key");
    assert!(place.run(&["doctor"]).stderr.contains("not 32 bytes"));
}

#[test]
fn what_is_not_there_is_said_with_a_hint() {
    let place = with_project("heron");
    for arguments in [
        &["project", "show", "egret"][..],
        &["event", "retry", "evt_1"],
        &["event", "show", "evt_1"],
        &["job", "retry", "018f2f3a-0000-7000-8000-000000000000"],
        &["key", "expire", "apk_0000000000000000000001"],
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\nhint: "), "{ran:?}");
    }
    for arguments in [["event", "list", "--json"], ["job", "list", "--json"]] {
        assert_eq!(json(&place.run(&arguments)), Value::Array(Vec::new()));
    }
}
