//! What is refused, and in which shape.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::Stripe;

#[tokio::test]
async fn an_unknown_parameter_is_refused_by_its_full_name() {
    let stripe = Stripe::new();
    let answer = stripe.post("/v1/products", "name=a&colour=red").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.text("/error/code"), "parameter_unknown");
    assert_eq!(answer.text("/error/param"), "colour");
    let nested = stripe.post("/v1/prices", "currency=eur&unit_amount=1&recurring[intervall]=month").await;
    assert_eq!(nested.text("/error/param"), "recurring[intervall]");
    let in_a_list = stripe.get("/v1/customers?colour=red").await;
    assert_eq!(in_a_list.text("/error/code"), "parameter_unknown");
    assert_eq!(stripe.event_types().await, Vec::<String>::new());
}

#[tokio::test]
async fn missing_and_misshapen_parameters_are_named() {
    let stripe = Stripe::new();
    let cases = [
        ("/v1/products", "description=x", "parameter_missing", "name"),
        ("/v1/products", "name=", "parameter_invalid_empty", "name"),
        ("/v1/prices", "currency=eur&unit_amount=1e3&product=p", "parameter_invalid_integer", "unit_amount"),
        ("/v1/customers", "email[a]=b", "parameter_invalid_string", "email"),
        ("/v1/customers", "email=nobody", "email_invalid", "email"),
        ("/v1/prices", "currency=eur&unit_amount=1&product=prod_none", "resource_missing", "product"),
    ];
    for (path, form, code, param) in cases {
        let answer = stripe.post(path, form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
        assert_eq!(answer.text("/error/type"), "invalid_request_error");
        assert_eq!((answer.text("/error/code"), answer.text("/error/param")), (code, param), "{form}");
    }
}

#[tokio::test]
async fn an_unknown_id_is_a_404_and_an_unknown_path_too() {
    let stripe = Stripe::new();
    let answer = stripe.get("/v1/customers/cus_none").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!((answer.text("/error/code"), answer.text("/error/param")), ("resource_missing", "id"));
    assert!(answer.header("request-id").starts_with("req_"));
    for answer in [stripe.get("/v1/nothing").await, stripe.delete("/v1/prices").await] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.text("/error/type"), "invalid_request_error");
    }
}

#[tokio::test]
async fn bodies_that_are_too_long_or_no_forms_are_refused_in_stripes_shape() {
    let stripe = Stripe::new();
    let long = format!("name={}", "x".repeat(3_000_000));
    let answer = stripe.post("/v1/products", &long).await;
    assert_eq!(answer.text("/error/type"), "invalid_request_error");
    let request = Request::post("/v1/products")
        .header("authorization", "Bearer sk_test_1")
        .header("content-type", "application/json")
        .body(Body::from(r#"{"name":"Sim"}"#))
        .unwrap();
    assert_eq!(stripe.send(request).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_request_needs_a_test_key_as_bearer_or_basic() {
    let stripe = Stripe::new();
    let credentials = [
        (None, StatusCode::UNAUTHORIZED),
        (Some("Bearer sk_live_1"), StatusCode::UNAUTHORIZED),
        (Some("Bearer sk_test_1"), StatusCode::OK),
        // `sk_test_1:` in base64.
        (Some("Basic c2tfdGVzdF8xOg=="), StatusCode::OK),
    ];
    for (value, expected) in credentials {
        let mut request = Request::get("/v1/balance");
        if let Some(value) = value {
            request = request.header("authorization", value);
        }
        let answer = stripe.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected, "{value:?}");
    }
}

#[tokio::test]
async fn a_sandbox_with_a_key_of_its_own_takes_no_other() {
    let options = stripe_sandbox::SandboxOptions {
        secret_key: Some("sk_test_chosen".to_owned()),
        ..stripe_sandbox::SandboxOptions::default()
    };
    let stripe = Stripe::with(options);
    assert_eq!(stripe.get("/v1/balance").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn metadata_keeps_to_its_limits_and_merges() {
    let stripe = Stripe::new();
    let id = stripe.make("/v1/customers", "metadata[keep]=1&metadata[drop]=2&metadata[_own]=3").await.id();
    let path = format!("/v1/customers/{id}");
    let merged = stripe.make(&path, "metadata[drop]=&metadata[add]=4").await;
    assert_eq!(merged.body["metadata"], serde_json::json!({ "keep": "1", "_own": "3", "add": "4" }));
    let event = stripe.get("/v1/events?type=customer.updated").await;
    let previous = &event.body["data"][0]["data"]["previous_attributes"];
    assert_eq!(*previous, serde_json::json!({ "metadata": { "drop": "2", "add": null } }));

    let long_key = format!("metadata[{}]=x", "k".repeat(41));
    let long_value = format!("metadata[k]={}", "v".repeat(501));
    let many: Vec<String> = (0..51).map(|index| format!("metadata[k{index}]=x")).collect();
    for form in [long_key, long_value, many.join("&")] {
        assert_eq!(stripe.post(&path, &form).await.status, StatusCode::BAD_REQUEST);
    }
    let cleared = stripe.make(&path, "metadata=").await;
    assert_eq!(cleared.body["metadata"], serde_json::json!({}));
}

#[tokio::test]
async fn what_would_have_no_effect_here_is_refused_by_name() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}&automatic_tax[enabled]");
    let refused = stripe.post("/v1/subscriptions", &format!("{form}=true")).await;
    assert_eq!(
        (refused.text("/error/code"), refused.text("/error/param")),
        ("sandbox_unserved", "automatic_tax[enabled]")
    );
    stripe.make("/v1/subscriptions", &format!("{form}=false")).await;
}

#[tokio::test]
async fn what_would_have_no_effect_deep_inside_is_refused_by_its_place() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let coupon = stripe.make("/v1/coupons", "percent_off=10&duration=forever").await.id();
    let form = format!("customer={customer}&items[0][price]={price}");
    let subscription = stripe.make("/v1/subscriptions", &form).await;
    let (id, item) = (subscription.id(), subscription.text("/items/data/0/id").to_owned());
    let waiting = format!("customer={customer}&amount=100&currency=eur");
    let waiting = stripe.make("/v1/invoiceitems", &waiting).await.id();
    let cases = [
        (
            "/v1/subscriptions".to_owned(),
            format!("{form}&items[0][discounts][0][coupon]={coupon}"),
            "items[0][discounts]",
        ),
        (
            format!("/v1/subscriptions/{id}"),
            format!("items[0][id]={item}&items[0][discounts][0][coupon]={coupon}"),
            "items[0][discounts]",
        ),
        (format!("/v1/subscription_items/{item}"), format!("discounts[0][coupon]={coupon}"), "discounts"),
        (
            "/v1/invoices/create_preview".to_owned(),
            format!(
                "subscription={id}&subscription_details[items][0][id]={item}&subscription_details[items][0][discounts][0][coupon]={coupon}"
            ),
            "subscription_details[items][0][discounts]",
        ),
        (
            "/v1/subscription_schedules".to_owned(),
            format!(
                "customer={customer}&start_date=now&phases[0][items][0][price]={price}&phases[0][items][0][discounts][0][coupon]={coupon}"
            ),
            "phases[0][items][0][discounts]",
        ),
        (format!("/v1/invoiceitems/{waiting}"), "quantity=2".to_owned(), "quantity"),
        (
            "/v1/payment_intents".to_owned(),
            "amount=100&currency=eur&payment_method_options[card][request_three_d_secure]=challenge"
                .to_owned(),
            "payment_method_options",
        ),
        (
            "/v1/setup_intents".to_owned(),
            "payment_method_options[us_bank_account][verification_method]=instant".to_owned(),
            "payment_method_options",
        ),
        (
            "/v1/subscriptions".to_owned(),
            format!("{form}&payment_settings[payment_method_options][card][network]=visa"),
            "payment_settings[payment_method_options]",
        ),
    ];
    for (path, form, param) in cases {
        let refused = stripe.post(&path, &form).await;
        let told = (refused.text("/error/code"), refused.text("/error/param"));
        assert_eq!(told, ("sandbox_unserved", param), "{path} {form}");
    }
    let left_to_stripe =
        "amount=100&currency=eur&payment_method_options[card][request_three_d_secure]=automatic";
    stripe.make("/v1/payment_intents", left_to_stripe).await;
    let cleared = format!("items[0][id]={item}&items[0][discounts]=");
    stripe.make(&format!("/v1/subscriptions/{id}"), &cleared).await;
}

#[tokio::test]
async fn amounts_beyond_measure_are_refused() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let session = format!(
        "mode=subscription&success_url=https://shop.test/done&line_items[0][price]={price}&line_items[0][quantity]"
    );
    let cases = [
        ("/v1/payment_intents", format!("currency=eur&amount={}", i64::MAX)),
        ("/v1/checkout/sessions", format!("{session}=999999999999")),
        ("/v1/checkout/sessions", format!("{session}=1&subscription_data[trial_period_days]=999999999999")),
    ];
    for (path, form) in cases {
        let answer = stripe.post(path, &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}: {:#}", answer.body);
    }
}
