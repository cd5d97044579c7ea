//! The sandbox alone, and its faults.

use crate::program::{Place, Running};

const START: [&str; 2] = ["sandbox", "--listen=127.0.0.1:0"];

/// A sandbox that runs, and where.
pub(crate) fn start(place: &Place) -> (Running, String) {
    let running = place.start(&START, "listens at ");
    let address = running.heard().split("listens at ").nth(1).unwrap();
    let address = address.split(',').next().unwrap().trim().to_owned();
    (running, address)
}

#[test]
fn faults_are_set_listed_used_up_and_cleared() {
    let place = Place::new();
    let (sandbox, at) = start(&place);
    let at = format!("--at={at}");
    let run = |arguments: &[&str]| {
        let mut all = vec!["sandbox", "faults", &at];
        all.extend(arguments);
        place.run(&all)
    };
    run(&["set", "webhook", "invoice.*", "reorder"]);
    run(&["set", "request", "POST /v1/customers", "lose_answer", "--times=2"]);
    let listed = run(&["list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(listed.data()).unwrap();
    assert_eq!(listed[0]["fault"], "lose_answer");
    assert_eq!((&listed[0]["times"], &listed[1]["times"]), (&2.into(), &serde_json::Value::Null));
    assert_eq!((&listed[1]["kind"], &listed[1]["target"]), (&"webhook".into(), &"invoice.*".into()));
    run(&["clear"]);
    assert!(!run(&["list"]).data().contains("reorder"));
    sandbox.terminate();
}

#[test]
fn a_fault_that_is_unknown_and_a_sandbox_that_is_away_are_explained() {
    let place = Place::new();
    let unknown = place.run(&["sandbox", "faults", "set", "webhook", "*", "explode"]);
    assert!(unknown.stderr.contains("unknown variant `explode`"), "{unknown:?}");
    let away = place.run(&["sandbox", "faults", "list", "--at=http://127.0.0.1:9"]);
    assert!(away.stderr.contains("no sandbox answers at http://127.0.0.1:9"), "{away:?}");
    assert!(away.stderr.contains("hint: start one with `perennial sandbox`"), "{away:?}");
}
