//! What is sent: parameters that Stripe knows, keys made of our ids, one version, one key's account.

use jiff::Timestamp;
use perennial_core::ports::{
    CheckoutLine, CheckoutMode, CustomerContact, CustomerDraft, OpenCheckout, PriceDraft, ProductDraft,
    RefundOf,
};
use perennial_domain::{
    CheckoutId, CheckoutUi, Currency, CustomerId, Money, PaymentMethods, PriceId, ProductId, Span, Term,
    TermUnit,
};
use serde_json::{Value, json};

use crate::script::{Script, Sent, Step, id, ok};

fn session() -> Value {
    json!({ "id": "cs_1", "status": "open", "payment_status": "unpaid", "created": 1, "expires_at": 2, "url": "http://stripe.test/c" })
}

fn checkout(mode: CheckoutMode) -> OpenCheckout {
    OpenCheckout {
        id: id(7),
        stripe_customer_id: "cus_1".to_owned(),
        mode,
        lines: ["price_1", "price_2"]
            .map(|price| CheckoutLine { stripe_price_id: price.to_owned() })
            .to_vec(),
        stripe_promotion_code_id: Some("promo_1".to_owned()),
        return_url: "https://connect.test/back?session={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "https://connect.test/review".to_owned(),
        expires_at: Some(Timestamp::from_second(1_900_000_000).unwrap()),
        locale: "de-DE".to_owned(),
        ui: CheckoutUi::Hosted,
        payment_methods: PaymentMethods::Cards,
        reference: None,
        metadata: vec![],
    }
}

fn product(stripe_product_id: Option<&str>) -> ProductDraft {
    ProductDraft {
        id: id(3),
        stripe_product_id: stripe_product_id.map(str::to_owned),
        name: "Phone S".to_owned(),
        description: Some("5 GB".to_owned()),
        image: Some("https://shop.test/s.png".to_owned()),
        is_active: true,
    }
}

fn price(term: Term) -> PriceDraft {
    let amount = Money::new(1450, Currency::from_code("EUR").unwrap());
    PriceDraft { id: id(4), stripe_product_id: "prod_1".to_owned(), amount, term }
}

async fn opened(mode: CheckoutMode) -> Sent {
    let script = Script::of([ok(&session())]);
    script.account().open_checkout(&checkout(mode)).await.unwrap();
    script.sent().remove(0)
}

#[tokio::test]
async fn every_parameter_that_we_send_exists() {
    let empty = || ok(&json!({ "data": [] }));
    let made = || ok(&json!({ "id": "obj_1" }));
    let ended = || {
        ok(
            &json!({ "id": "sub_1", "status": "canceled", "current_period_start": 1, "current_period_end": 2 }),
        )
    };
    let invoice = || ok(&json!({ "id": "in_1", "created": 1, "currency": "eur", "total": 1 }));
    let script = Script::of([
        made(),
        made(),
        ok(&session()),
        ok(&session()),
        ok(&session()),
        ok(&session()),
        empty(),
        empty(),
        empty(),
        ended(),
        ended(),
        invoice(),
        empty(),
        made(),
        made(),
        made(),
        made(),
        made(),
        made(),
        made(),
    ]);
    let account = script.account();
    let customer = CustomerDraft {
        id: id(1),
        email: Some("ada@example.com".to_owned()),
        name: Some("Ada".to_owned()),
        locale: "en".to_owned(),
        organization: None,
        replaces: None,
    };
    let monthly = Term::Recurring(Span { unit: TermUnit::Month, count: 1 });
    account.create_customer(&customer).await.unwrap();
    account.update_customer("cus_1", &contact(Some("ada@example.com"))).await.unwrap();
    account.open_checkout(&checkout(CheckoutMode::Subscription)).await.unwrap();
    account.open_checkout(&checkout(CheckoutMode::Once)).await.unwrap();
    account.checkout("cs_1").await.unwrap();
    account.expire_checkout("cs_1").await.unwrap();
    account.finished_checkouts(Timestamp::UNIX_EPOCH).await.unwrap();
    account.find_discount("WELCOME").await.unwrap();
    account.subscription("sub_1").await.unwrap();
    account.cancel_subscription("sub_1").await.unwrap();
    account.invoice("in_1").await.unwrap();
    account.invoices("sub_1", Some(Timestamp::UNIX_EPOCH)).await.unwrap();
    account.refund("pi_1", RefundOf::Checkout(id(7))).await.unwrap();
    account.money_back("pi_1").await.unwrap();
    account.put_product(&product(None)).await.unwrap();
    account.put_product(&product(Some("prod_1"))).await.unwrap();
    account.put_product(&ProductDraft { image: None, ..product(Some("prod_1")) }).await.unwrap();
    account.create_price(&price(monthly)).await.unwrap();
    account.archive_price("price_1").await.unwrap();

    for sent in script.sent() {
        assert_eq!(sent.version, perennial_stripe::API_VERSION);
        assert_eq!(sent.authorization, "Bearer sk_test_secret");
    }
}

fn contact(email: Option<&str>) -> CustomerContact {
    CustomerContact { email: email.map(str::to_owned), name: None }
}

#[tokio::test]
async fn a_name_that_is_gone_is_cleared_and_what_we_have_not_is_left_alone() {
    let told = || ok(&json!({ "id": "cus_1" }));
    let script = Script::of([told(), told()]);
    let nameless = CustomerContact { name: Some(String::new()), ..contact(None) };
    script.account().update_customer("cus_1", &nameless).await.unwrap();
    script.account().update_customer("cus_1", &contact(Some("ada@example.com"))).await.unwrap();
    let sent = script.sent();
    let (cleared, moved) = (&sent[0], &sent[1]);
    assert_eq!(cleared.call, "POST /v1/customers/cus_1");
    assert_eq!(cleared.form, [("name".to_owned(), String::new())]);
    assert_eq!(moved.form, [("email".to_owned(), "ada@example.com".to_owned())]);
}

#[test]
fn the_pinned_version_is_older_than_the_new_ui_modes() {
    assert!(perennial_stripe::API_VERSION < "2026-03-25");
}

#[tokio::test]
async fn keys_are_made_of_our_ids() {
    assert_eq!(
        opened(CheckoutMode::Once).await.idempotency_key,
        Some(format!("{}/checkout", id::<CheckoutId>(7)))
    );

    let made = || ok(&json!({ "id": "obj_1" }));
    let script = Script::of([made(), made(), made(), made()]);
    let account = script.account();
    account.refund("pi_1", RefundOf::Checkout(id(7))).await.unwrap();
    account.create_price(&price(Term::Lifetime)).await.unwrap();
    account.put_product(&product(None)).await.unwrap();
    let customer = CustomerDraft {
        id: id(1),
        email: None,
        name: None,
        locale: "en".to_owned(),
        organization: None,
        replaces: None,
    };
    account.create_customer(&customer).await.unwrap();
    let keys = script.sent().into_iter().map(|sent| sent.idempotency_key.unwrap()).collect::<Vec<_>>();
    assert_eq!(keys[0], format!("{}/refund/pi_1", id::<CheckoutId>(7)));
    assert_eq!(keys[1], format!("{}/create", id::<PriceId>(4)));
    assert!(keys[2].starts_with(&format!("{}/product/", id::<ProductId>(3))));
    assert!(keys[3].starts_with(&format!("{}/customer/", id::<CustomerId>(1))));
}

#[tokio::test]
async fn one_checkout_has_one_key_whatever_else_changes() {
    let script = Script::of([ok(&session()), ok(&session())]);
    script.account().open_checkout(&checkout(CheckoutMode::Once)).await.unwrap();
    let changed = OpenCheckout { locale: "fr".to_owned(), ..checkout(CheckoutMode::Once) };
    script.account().open_checkout(&changed).await.unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].idempotency_key, sent[1].idempotency_key);
}

#[tokio::test]
async fn a_subscription_is_opened_with_our_checkout_on_all_that_it_makes() {
    let sent = opened(CheckoutMode::Subscription).await;
    let ours = id::<CheckoutId>(7).to_string();
    assert_eq!(sent.value("mode"), Some("subscription"));
    assert_eq!(sent.value("client_reference_id"), Some(&*ours));
    assert_eq!(sent.value("metadata[perennial_checkout]"), Some(&*ours));
    assert_eq!(sent.value("subscription_data[metadata][perennial_checkout]"), Some(&*ours));
    assert_eq!(sent.value("subscription_data[billing_mode][type]"), Some("classic"));
    assert_eq!(sent.value("line_items[1][price]"), Some("price_2"));
    assert_eq!(sent.value("line_items[1][quantity]"), Some("1"));
    assert_eq!(sent.value("discounts[0][promotion_code]"), Some("promo_1"));
    assert_eq!(sent.value("success_url"), Some("https://connect.test/back?session={CHECKOUT_SESSION_ID}"));
    assert_eq!(sent.value("expires_at"), Some("1900000000"));
    assert_eq!(sent.value("locale"), Some("de"));
    assert_eq!(sent.value("invoice_creation[enabled]"), None);
}

#[tokio::test]
async fn a_single_payment_makes_an_invoice() {
    let sent = opened(CheckoutMode::Once).await;
    assert_eq!(sent.value("mode"), Some("payment"));
    assert_eq!(sent.value("invoice_creation[enabled]"), Some("true"));
    assert_eq!(
        sent.value("payment_intent_data[metadata][perennial_checkout]"),
        sent.value("client_reference_id")
    );
    assert_eq!(sent.value("subscription_data[metadata][perennial_checkout]"), None);
}

#[tokio::test]
async fn only_recurring_terms_make_recurring_prices() {
    let span = Span { unit: TermUnit::Week, count: 2 };
    for (term, interval) in
        [(Term::Recurring(span), Some("week")), (Term::Fixed(span), None), (Term::Lifetime, None)]
    {
        let script = Script::of([ok(&json!({ "id": "price_1" }))]);
        assert_eq!(script.account().create_price(&price(term)).await.unwrap(), "price_1");
        let sent = script.sent().remove(0);
        assert_eq!(sent.value("recurring[interval]"), interval);
        assert_eq!((sent.value("currency"), sent.value("unit_amount")), (Some("eur"), Some("1450")));
    }
}

#[tokio::test]
async fn a_product_that_stripe_has_already_is_updated() {
    let exists = r#"{"error":{"type":"invalid_request_error","code":"resource_already_exists"}}"#;
    let stripe_id = id::<ProductId>(3).to_string();
    let script = Script::of([crate::script::status(400, &[], exists), ok(&json!({ "id": stripe_id }))]);
    assert_eq!(script.account().put_product(&product(None)).await.unwrap(), stripe_id);
    let sent = script.sent();
    assert_eq!(sent[0].value("id"), Some(&*stripe_id));
    assert_eq!(sent[1].call, format!("POST /v1/products/{stripe_id}"));
    assert_eq!(sent[1].value("name"), Some("Phone S"));
}

#[tokio::test]
async fn an_update_without_image_or_description_clears_them_and_can_be_taken_back() {
    let bare = ProductDraft { image: None, description: None, ..product(Some("prod_1")) };
    let script = Script::of([ok(&json!({ "id": "prod_1" }))]);
    script.account().put_product(&bare).await.unwrap();
    let sent = script.sent().remove(0);
    assert_eq!((sent.value("images"), sent.value("description")), (Some(""), Some("")));
    assert_eq!(sent.idempotency_key, None, "a key would keep an earlier state from coming back");
}

#[tokio::test]
async fn a_sweep_reads_page_after_page() {
    let page = |first: i64, has_more: bool| -> Step {
        let sessions = (first..first + 2).map(|number| {
            let mut session = session();
            session["id"] = json!(format!("cs_{number}"));
            session["status"] = json!("complete");
            session
        });
        ok(&json!({ "data": sessions.collect::<Vec<_>>(), "has_more": has_more }))
    };
    let expired = ok(&json!({ "data": [], "has_more": false }));
    let script = Script::of([page(1, true), page(3, false), expired]);
    let since = Timestamp::from_second(1_800_000_000).unwrap();
    let found = script.account().finished_checkouts(since).await.unwrap();
    assert_eq!(
        found.into_iter().map(|session| session.id).collect::<Vec<_>>(),
        ["cs_1", "cs_2", "cs_3", "cs_4"]
    );
    let sent = script.sent();
    assert_eq!(sent[0].value("created[gte]"), Some("1800000000"));
    assert_eq!((sent[0].value("starting_after"), sent[1].value("starting_after")), (None, Some("cs_2")));
}

#[tokio::test]
async fn an_empty_code_finds_no_discount_and_asks_nothing() {
    let script = Script::of([]);
    assert_eq!(script.account().find_discount(" ").await.unwrap(), None);
    assert!(script.sent().is_empty());
}
