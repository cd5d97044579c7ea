//! Which webhooks are taken, and what they are about.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use perennial_core::ports::{EventReader, EventSubject, RejectedEvent};
use perennial_stripe::StripeEventReader;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

const SIGNED_AT: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(SIGNED_AT).unwrap()
}

fn secrets(all: &[&str]) -> Vec<SecretString> {
    all.iter().map(|secret| SecretString::from(*secret)).collect()
}

fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(format!("{timestamp}.{body}")).finalize().into_bytes())
}

fn header(secret: &str, body: &str) -> String {
    format!("t={SIGNED_AT},v1={}", signature(secret, SIGNED_AT, body))
}

fn event(event_type: &str, object: &Value) -> String {
    json!({ "id": "evt_1", "object": "event", "type": event_type, "created": 1_799_999_999, "data": { "object": object } })
        .to_string()
}

fn completed() -> String {
    event("checkout.session.completed", &json!({ "id": "cs_1" }))
}

fn verdict(body: &str, header: &str, secrets_now: &[&str]) -> Result<(), RejectedEvent> {
    StripeEventReader.read(body.as_bytes(), header, &secrets(secrets_now), now()).map(|_| ())
}

#[test]
fn a_well_signed_event_is_decoded_and_kept_to_the_letter() {
    let body = completed();
    let event = StripeEventReader
        .read(body.as_bytes(), &header("whsec_a", &body), &secrets(&["whsec_a"]), now())
        .unwrap();
    assert_eq!((event.id.as_str(), event.event_type.as_str()), ("evt_1", "checkout.session.completed"));
    assert_eq!(event.subject, EventSubject::Checkout("cs_1".to_owned()));
    assert_eq!(event.happened_at, Timestamp::from_second(1_799_999_999).unwrap());
    assert_eq!(event.payload, body);
}

/// Computed with `printf '1800000000.{}' | openssl dgst -sha256 -hmac whsec_a`.
#[test]
fn the_scheme_is_stripes_own() {
    let signed = "t=1800000000,v1=f66ebcd4d4dfd6f204ad83d004ebfc0312e82e8dfe7df5110714cbc58099a9c8";
    // Well signed, so that what is wrong is only that `{}` is no event.
    assert_eq!(verdict("{}", signed, &["whsec_a"]), Err(RejectedEvent::NotAnEvent));
}

#[test]
fn any_signature_may_fit_any_active_secret() {
    let body = completed();
    let two = format!(
        "t={SIGNED_AT},v1={},v1={},v0={}",
        signature("whsec_old", SIGNED_AT, &body),
        signature("whsec_new", SIGNED_AT, &body),
        "00"
    );
    assert_eq!(verdict(&body, &two, &["whsec_new"]), Ok(()));
    assert_eq!(verdict(&body, &two, &["whsec_other", "whsec_old"]), Ok(()));
    assert_eq!(verdict(&body, &two, &["whsec_other"]), Err(RejectedEvent::Forged));
    assert_eq!(verdict(&body, &two, &[]), Err(RejectedEvent::Forged));
}

#[test]
fn a_changed_byte_a_changed_time_and_another_secret_are_forged() {
    let body = completed();
    assert_eq!(
        verdict(&body.replace("cs_1", "cs_2"), &header("whsec_a", &body), &["whsec_a"]),
        Err(RejectedEvent::Forged)
    );
    assert_eq!(
        verdict(&format!("{body} "), &header("whsec_a", &body), &["whsec_a"]),
        Err(RejectedEvent::Forged)
    );
    let moved = header("whsec_a", &body).replace("t=18", "t=19");
    assert_eq!(verdict(&body, &moved, &["whsec_a"]), Err(RejectedEvent::Forged));
    assert_eq!(verdict(&body, &header("whsec_b", &body), &["whsec_a"]), Err(RejectedEvent::Forged));
}

#[test]
fn a_v0_signature_proves_nothing() {
    let body = completed();
    let downgraded = header("whsec_a", &body).replace("v1=", "v0=");
    assert_eq!(verdict(&body, &downgraded, &["whsec_a"]), Err(RejectedEvent::Unreadable));
}

#[test]
fn five_minutes_are_tolerated_on_either_side() {
    let body = completed();
    let at = |seconds: i64| {
        let now = now() + SignedDuration::from_secs(seconds);
        StripeEventReader
            .read(body.as_bytes(), &header("whsec_a", &body), &secrets(&["whsec_a"]), now)
            .map(|_| ())
    };
    assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
    assert_eq!((at(301), at(-301)), (Err(RejectedEvent::Stale), Err(RejectedEvent::Stale)));
}

#[test]
fn a_header_that_cannot_be_read_is_no_signature() {
    let body = completed();
    let good = signature("whsec_a", SIGNED_AT, &body);
    for garbage in [
        String::new(),
        "nonsense".to_owned(),
        format!("v1={good}"),
        format!("t={SIGNED_AT}"),
        format!("t=now,v1={good}"),
        format!("t=99999999999999999999,v1={good}"),
        format!("t=9223372036854775807,v1={good}"),
        format!("t={SIGNED_AT},t={SIGNED_AT},v1={good}"),
        format!("t={SIGNED_AT},v1=zz"),
        format!("t={SIGNED_AT},v1={}", &good[..32]),
    ] {
        assert_eq!(verdict(&body, &garbage, &["whsec_a"]), Err(RejectedEvent::Unreadable), "{garbage}");
    }
}

#[test]
fn well_signed_nonsense_is_no_event() {
    for body in
        ["", "[]", "{}", "\"evt\"", r#"{"id":"evt_1","type":"a","created":"today","data":{"object":{}}}"#]
    {
        assert_eq!(
            verdict(body, &header("whsec_a", body), &["whsec_a"]),
            Err(RejectedEvent::NotAnEvent),
            "{body}"
        );
    }
    let bytes = b"\xff\xfe";
    let mac = Hmac::<Sha256>::new_from_slice(b"whsec_a").unwrap().chain_update(format!("{SIGNED_AT}."));
    let header = format!("t={SIGNED_AT},v1={}", hex::encode(mac.chain_update(bytes).finalize().into_bytes()));
    let read = StripeEventReader.read(bytes, &header, &secrets(&["whsec_a"]), now());
    assert_eq!(read.map(|_| ()), Err(RejectedEvent::NotAnEvent));
}

#[test]
fn an_event_is_about_what_its_object_hangs_on() {
    let subscription = || EventSubject::Subscription("sub_1".to_owned());
    let intent = || EventSubject::PaymentIntent("pi_1".to_owned());
    let cards = || EventSubject::Cards("cus_1".to_owned());
    let newer = json!({ "id": "in_1", "parent": { "subscription_details": { "subscription": "sub_1" } } });
    let older = json!({ "id": "in_1", "subscription": "sub_1" });
    let refund = json!({ "id": "re_1", "payment_intent": "pi_1" });
    let cases = [
        ("checkout.session.expired", json!({ "id": "cs_1" }), EventSubject::Checkout("cs_1".to_owned())),
        ("customer.subscription.updated", json!({ "id": "sub_1" }), subscription()),
        ("invoice.paid", newer, subscription()),
        ("invoice.payment_failed", older, subscription()),
        ("invoice.paid", json!({ "id": "in_1", "parent": null, "subscription": null }), EventSubject::Other),
        ("charge.refunded", json!({ "id": "ch_1", "payment_intent": "pi_1" }), intent()),
        ("refund.updated", refund.clone(), intent()),
        ("charge.refund.updated", refund, intent()),
        ("charge.dispute.created", json!({ "id": "dp_1", "payment_intent": { "id": "pi_1" } }), intent()),
        ("charge.refunded", json!({ "id": "ch_1", "payment_intent": null }), EventSubject::Other),
        ("charge.succeeded", json!({ "id": "ch_1", "payment_intent": "pi_1" }), EventSubject::Other),
        ("customer.subscription.updated", json!({}), EventSubject::Other),
        ("checkout.session.completed", json!({ "id": "" }), EventSubject::Other),
        (
            "checkout.session.completed",
            json!({ "id": "cs_1", "mode": "setup" }),
            EventSubject::CardSetup("cs_1".to_owned()),
        ),
        (
            "checkout.session.completed",
            json!({ "id": "cs_1", "mode": "payment" }),
            EventSubject::Checkout("cs_1".to_owned()),
        ),
        ("customer.updated", json!({ "id": "cus_1" }), cards()),
        ("payment_method.attached", json!({ "id": "pm_1", "customer": "cus_1" }), cards()),
        ("setup_intent.succeeded", json!({ "id": "seti_1", "customer": { "id": "cus_1" } }), cards()),
        ("payment_method.detached", json!({ "id": "pm_1", "customer": null }), EventSubject::Other),
        ("customer.created", json!({ "id": "cus_1" }), EventSubject::Other),
        ("invoiceitem.created", json!({ "id": "ii_1", "subscription": "sub_1" }), EventSubject::Other),
        ("a.type.of.tomorrow", json!(null), EventSubject::Other),
    ];
    for (event_type, object, expected) in cases {
        assert_eq!(
            StripeEventReader.subject(event_type, &event(event_type, &object)),
            expected,
            "{event_type} {object}"
        );
    }
    assert_eq!(StripeEventReader.subject("invoice.paid", "not JSON"), EventSubject::Other);
}

#[test]
fn a_detached_card_is_told_by_its_former_owner() {
    let payload = json!({
        "id": "evt_1", "type": "payment_method.detached", "created": SIGNED_AT,
        "data": { "object": { "id": "pm_1", "customer": null }, "previous_attributes": { "customer": "cus_1" } },
    });
    let subject = StripeEventReader.subject("payment_method.detached", &payload.to_string());
    assert_eq!(subject, EventSubject::Cards("cus_1".to_owned()));
}
