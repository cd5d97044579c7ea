//! `perennial organization …`: who is made by a command can log in at the door.

use serde_json::{Value, json};

use crate::http::{ask, post_json};
use crate::program::{Place, Ran};

const SETTINGS: &str = r#"{"product_line":"workspace","frontend_url":"https://app.example"}"#;
const PASSWORD: &str = "correct horse battery";

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

/// A place whose one project serves organizations.
fn prepared() -> Place {
    let place = Place::with_settings("");
    place.write("password", PASSWORD);
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron"]).data();
    place.run(&["project", "set", "heron", "--organizations", SETTINGS]).data();
    place
}

/// An organization, and a member of it with a password.
fn with_ada(place: &Place) {
    place.run(&["organization", "create", "--name", "Bramble Studio", "--id", "org-1"]).data();
    let ada = ["--email", "Ada@Bramble.example", "--name", "Ada Quill", "--role", "owner", "--id", "user-1"];
    place.run(&[&["organization", "add-member", "--organization", "org-1"], &ada[..]].concat()).data();
    place.run(&["organization", "password", "user-1", "--file", "password"]).data();
}

/// What logging in answers.
fn log_in(base: &str) -> Value {
    let body = json!({ "email": "ada@bramble.example", "password": PASSWORD });
    let answer = post_json(base, "/organizations/heron/user/login", &body);
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn organizations_and_members_are_made_and_listed() {
    let place = prepared();
    let made = place.run(&["organization", "create", "--name", "Yarrow Games"]);
    assert_eq!(made.data().len(), 36, "one of our ids: {made:?}");
    with_ada(&place);

    let listed = json_of(&place.run(&["organization", "list", "--json"]));
    let names = listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["Bramble Studio", "Yarrow Games"], "the latest first");
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&json!("org-1"), &json!("active")));
    assert_eq!(listed[1]["id"], made.data());
    let table = place.run(&["organization", "list", "--limit", "1"]);
    let lines = table.data().lines().collect::<Vec<_>>();
    assert!(lines.len() == 2 && lines[0].starts_with("ID ") && lines[1].starts_with("org-1 "), "{table:?}");

    let mut members = json_of(&place.run(&["organization", "members", "org-1", "--json"]));
    members[0].as_object_mut().unwrap().remove("createdAt").unwrap();
    let expected = json!([{
        "id": "user-1", "email": "Ada@Bramble.example", "name": "Ada Quill", "role": "owner", "isActive": true,
    }]);
    assert_eq!(members, expected);
    assert_eq!(json_of(&place.run(&["organization", "members", made.data(), "--json"])), json!([]));
}

#[test]
fn a_member_logs_in_unless_they_are_blocked() {
    let place = prepared();
    with_ada(&place);
    let (_server, base) = place.serve();
    let entered = log_in(&base);
    assert_eq!((&entered["user"]["orgId"], &entered["user"]["orgRole"]), (&json!("org-1"), &json!(255)));

    place.run(&["organization", "block", "user-1"]).data();
    assert_eq!(log_in(&base)["error_code"], "USER_INACTIVE");
    assert!(place.run(&["organization", "members", "org-1"]).data().ends_with("no"));
    let refresh = json!({ "refreshToken": entered["refreshToken"] });
    let refused = post_json(&base, "/organizations/heron/user/refresh", &refresh);
    assert!(refused.starts_with("HTTP/1.1 401 "), "the log-in of before has ended: {refused}");
    place.run(&["organization", "unblock", "user-1"]).data();
    assert_eq!(log_in(&base)["success"], true);
}

#[test]
fn a_member_is_changed_and_logs_in_again_where_they_may_do_less() {
    let place = prepared();
    with_ada(&place);
    place.run(&["organization", "create", "--name", "Yarrow Games", "--id", "org-2"]).data();
    let (_server, base) = place.serve();
    let goes_on = |entered: &Value| {
        let refresh = json!({ "refreshToken": entered["refreshToken"] });
        post_json(&base, "/organizations/heron/user/refresh", &refresh).starts_with("HTTP/1.1 200 ")
    };
    for (changes, seen, may_do_less) in [
        (&["--role", "billing"][..], json!(["org-1", 1]), true),
        (&["--role", "administrator"], json!(["org-1", 254]), false),
        (&["--organization", "org-2"], json!(["org-2", 254]), true),
        (&["--no-organization", "--role", "user"], json!([null, 0]), true),
        (&["--organization", "org-1", "--role", "owner"], json!(["org-1", 255]), false),
    ] {
        let before = log_in(&base);
        place.run(&[&["organization", "set-member", "user-1"], changes].concat()).data();
        let user = log_in(&base)["user"].clone();
        assert_eq!(json!([user["orgId"], user["orgRole"]]), seen, "{changes:?}");
        assert_eq!(goes_on(&before), !may_do_less, "{changes:?}");
    }
    place.run(&["organization", "set-member", "user-1", "--email", "ada@yarrow.example"]).data();
    assert_eq!(log_in(&base)["error_code"], "USER_NOT_FOUND");
    assert!(place.run(&["organization", "members", "org-1"]).data().contains("ada@yarrow.example"));
}

#[test]
fn another_signing_secret_takes_over_and_the_tokens_of_before_go_on() {
    let place = prepared();
    with_ada(&place);
    let (server, base) = place.serve();
    let before = log_in(&base)["accessToken"].as_str().unwrap().to_owned();
    // A server that starts afterwards has no memory of the secret of before.
    server.terminate();
    let changed = place.run(&["organization", "signing-secret"]);
    assert_eq!(changed.data(), "", "the secret is for nobody to see");
    assert!(changed.stderr.contains("for another hour"), "{changed:?}");

    let (_server, base) = place.serve();
    let after = log_in(&base)["accessToken"].as_str().unwrap().to_owned();
    let name = |token: &str| token.split_once('.').unwrap().0.to_owned();
    assert_ne!(name(&before), name(&after), "the head names the secret");
    for token in [&before, &after] {
        let answer = ask(&base, "/organizations/heron/subscriptions/my", token);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn a_secret_of_ones_own_never_comes_as_an_argument() {
    let place = prepared();
    with_ada(&place);
    let none = place.run(&["organization", "signing-secret", "--own"]);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("PERENNIAL_SIGNING_SECRET is not set"), "{none:?}");
    place.write("secret", "a secret that our own system signs with as well\n");
    place.run(&["organization", "signing-secret", "--own", "--file", "secret"]).data();

    let none = place.run(&["organization", "password", "user-1"]);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("PERENNIAL_MEMBER_PASSWORD is not set"), "{none:?}");
    let mut by_variable = place.command(&["organization", "password", "user-1"]);
    Ran::from(by_variable.env("PERENNIAL_MEMBER_PASSWORD", PASSWORD).output().unwrap()).data();
    let database = std::fs::read(place.path().join("perennial.db")).unwrap();
    for secret in [PASSWORD.as_bytes(), b"our own system signs"] {
        assert!(!database.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn what_cannot_be_is_said_and_changes_nothing() {
    let place = prepared();
    with_ada(&place);
    place.write("short", "1234567");
    place.write("guessable", &"x".repeat(31));
    let member = ["--email", "bob@bramble.example", "--name", "Bob"];
    let member_but =
        |option, value| [&["organization", "add-member"], &member[..], &[option, value]].concat();
    let taken = ["organization", "add-member", "--name", "Bob", "--email", "ada@bramble.example"];
    for (arguments, complaint) in [
        (
            &["organization", "create", "--name", "Twice", "--id", "org-1"][..],
            "there is an organization org-1 already",
        ),
        (&["organization", "create", "--name", " "], "name"),
        (&member_but("--organization", "org-2"), "there is no organization org-2\nhint: `organization list`"),
        (&member_but("--id", "user-1"), "there is a member with this id already"),
        (&taken, "another member has this e-mail address"),
        (&["organization", "members", "org-2"], "there is no organization org-2\nhint: `organization list`"),
        (&["organization", "password", "user-2", "--file", "password"], "there is no member user-2\nhint: "),
        (&["organization", "password", "user-1", "--file", "short"], "a password has 8 characters or more"),
        (
            &["organization", "signing-secret", "--own", "--file", "guessable"],
            "a signing secret has 32 bytes or more (RFC 7518 §3.2)\nhint: `openssl",
        ),
        (&["organization", "set-member", "user-2", "--role", "user"], "there is no member user-2\nhint: "),
        (
            &["organization", "set-member", "user-1", "--organization", "org-2"],
            "there is no organization org-2\nhint: `organization list`",
        ),
        (&["organization", "set-member", "user-1", "--email", "nowhere"], "--email"),
        (&["organization", "block", "user-2"], "there is no member user-2\nhint: "),
        (&["organization", "list", "--project", "egret"], "egret"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(complaint), "{ran:?}");
    }
    let both = ["--organization", "org-1", "--no-organization"];
    for arguments in [
        member_but("--role", "king"),
        vec!["organization", "add-member", "--name", "Bob"],
        vec!["organization", "set-member", "user-1"],
        [&["organization", "set-member", "user-1"], &both[..]].concat(),
    ] {
        assert_eq!(place.run(&arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(json_of(&place.run(&["organization", "list", "--json"])).as_array().unwrap().len(), 1);
    let members = json_of(&place.run(&["organization", "members", "org-1", "--json"]));
    assert_eq!(members.as_array().unwrap().len(), 1);
}
