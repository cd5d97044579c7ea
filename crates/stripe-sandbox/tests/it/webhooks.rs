//! Signed deliveries, stepped by hand.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use stripe_sandbox::faults::{FaultPlan, WebhookFault, WebhookRule};
use stripe_sandbox::webhooks::{RouterTransport, signature_header};
use stripe_sandbox::{SandboxOptions, WebhookTarget};

use crate::support::{NOON, Stripe};

const SECRET: &str = "whsec_chosen";

/// An endpoint that keeps what it got and answers as it is told.
#[derive(Clone)]
struct Listener {
    got: Arc<Mutex<Vec<(String, String)>>>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Listener {
    fn new() -> Self {
        Self { got: Arc::default(), answer: Arc::new(Mutex::new(StatusCode::OK)) }
    }

    fn router(&self) -> Router {
        let listener = self.clone();
        Router::new().route(
            "/hook",
            post(async move |headers: HeaderMap, body: Bytes| {
                let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
                listener.got.lock().unwrap().push((signature, String::from_utf8(body.to_vec()).unwrap()));
                *listener.answer.lock().unwrap()
            }),
        )
    }

    fn answer(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }

    fn types(&self) -> Vec<String> {
        let got = self.got.lock().unwrap();
        let events = got.iter().map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
        events.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

fn stripe_with(listener: &Listener, enabled_events: &[&str]) -> Stripe {
    Stripe::with(SandboxOptions {
        webhook: Some(WebhookTarget {
            url: "http://listener.test/hook".to_owned(),
            secret: SECRET.to_owned(),
            enabled_events: enabled_events.iter().map(|name| (*name).to_owned()).collect(),
        }),
        transport: Some(Arc::new(RouterTransport::new(listener.router()))),
        ..SandboxOptions::default()
    })
}

#[tokio::test]
async fn events_arrive_in_order_signed_with_the_chosen_secret() {
    let listener = Listener::new();
    let stripe = stripe_with(&listener, &["*"]);
    let id = stripe.make("/v1/customers", "name=Ada").await.id();
    stripe.make(&format!("/v1/customers/{id}"), "name=Eve").await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 2);
    assert_eq!(listener.types(), ["customer.created", "customer.updated"]);
    for (signature, body) in listener.got.lock().unwrap().iter() {
        assert_eq!(*signature, signature_header(SECRET, NOON, body));
    }
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 0);
    assert_eq!(stripe.get("/v1/events").await.body["data"][0]["pending_webhooks"], 0);
}

#[tokio::test]
async fn an_endpoint_gets_only_what_it_asked_for() {
    let listener = Listener::new();
    let stripe = stripe_with(&listener, &["price.created"]);
    stripe.monthly_price().await;
    stripe.sandbox.deliver_due().await.unwrap();
    assert_eq!(listener.types(), ["price.created"]);
}

#[tokio::test]
async fn a_delivery_is_repeated_until_it_is_acknowledged() {
    let listener = Listener::new();
    listener.answer(StatusCode::INTERNAL_SERVER_ERROR);
    let stripe = stripe_with(&listener, &["*"]);
    stripe.make("/v1/customers", "name=Ada").await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 1);
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 0, "not again before its time");
    stripe.advance(5).await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 1);
    listener.answer(StatusCode::OK);
    stripe.advance(60).await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 1);
    stripe.advance(100_000).await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 0);
    let ids: Vec<String> = listener.got.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
    assert!(ids.len() == 3 && ids[0] == ids[1] && ids[1] == ids[2], "the same event three times");
}

#[tokio::test]
async fn a_delivery_that_never_arrives_is_given_up() {
    let listener = Listener::new();
    listener.answer(StatusCode::NOT_FOUND);
    let stripe = stripe_with(&listener, &["*"]);
    stripe.make("/v1/customers", "name=Ada").await;
    let mut attempts = 0;
    for _ in 0..20 {
        attempts += stripe.sandbox.deliver_due().await.unwrap();
        stripe.advance(20_000).await;
    }
    assert_eq!(attempts, 6);
}

#[tokio::test]
async fn an_endpoint_made_by_the_api_shows_its_secret_once() {
    let listener = Listener::new();
    let stripe = stripe_with(&listener, &["coupon.created"]);
    let form = "url=http://listener.test/hook&enabled_events[]=product.created";
    let made = stripe.make("/v1/webhook_endpoints", form).await;
    let secret = made.text("/secret").to_owned();
    assert!(secret.starts_with("whsec_"));
    let path = format!("/v1/webhook_endpoints/{}", made.id());
    assert!(stripe.get(&path).await.body.get("secret").is_none());
    stripe.make("/v1/products", "name=Sim").await;
    stripe.sandbox.deliver_due().await.unwrap();
    let (signature, body) = listener.got.lock().unwrap().pop().unwrap();
    assert_eq!(signature, signature_header(&secret, NOON, &body));
    stripe.make(&path, "disabled=true").await;
    stripe.make("/v1/products", "name=Sim").await;
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 0);
}

#[tokio::test]
async fn an_endpoint_of_an_older_version_gets_the_older_shape() {
    let listener = Listener::new();
    let stripe = stripe_with(&listener, &["coupon.created"]);
    let form =
        "url=http://listener.test/hook&api_version=2024-06-20&enabled_events[]=customer.subscription.created";
    stripe.make("/v1/webhook_endpoints", form).await;
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}")).await;
    stripe.sandbox.deliver_due().await.unwrap();
    let (_, body) = listener.got.lock().unwrap().pop().unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["api_version"], "2024-06-20");
    assert!(event["data"]["object"]["current_period_end"].is_i64());
}

#[tokio::test]
async fn the_background_loop_delivers_over_http_and_stops_when_told() {
    let (arrived, mut arrival) = tokio::sync::mpsc::channel::<String>(1);
    let router =
        Router::new().route("/hook", post(async move |body: String| arrived.send(body).await.unwrap()));
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(socket, router).await });
    let stripe = Stripe::new();
    stripe.make("/v1/webhook_endpoints", &format!("url={url}&enabled_events[]=*")).await;
    stripe.make("/v1/products", "name=Sim").await;

    stripe.sandbox.run_deliveries(async { assert!(arrival.recv().await.unwrap().contains("Sim")) }).await;
    server.abort();
}

#[tokio::test]
async fn an_event_can_be_sent_again() {
    let listener = Listener::new();
    let stripe = stripe_with(&listener, &["*"]);
    stripe.make("/v1/products", "name=Sim").await;
    let event = stripe.get("/v1/events").await.text("/data/0/id").to_owned();
    stripe.sandbox.deliver_due().await.unwrap();
    for _ in 0..2 {
        stripe.make(&format!("/v1/events/{event}/retry"), "").await;
    }
    assert_eq!(stripe.sandbox.deliver_due().await.unwrap(), 2);
    assert_eq!(listener.types(), ["product.created", "product.created", "product.created"]);
    assert_eq!(stripe.get(&format!("/v1/events/{event}")).await.body["pending_webhooks"], 0);
}

#[tokio::test]
async fn webhooks_are_lost_repeated_and_reordered_on_demand() {
    let deliver = async |fault| {
        let listener = Listener::new();
        let stripe = stripe_with(&listener, &["*"]);
        let rule = WebhookRule { event: "customer.*".to_owned(), fault, times: None };
        stripe.sandbox.set_faults(FaultPlan { webhooks: vec![rule], ..FaultPlan::default() });
        let id = stripe.make("/v1/customers", "name=Ada").await.id();
        stripe.make(&format!("/v1/customers/{id}"), "name=Eve").await;
        stripe.make("/v1/products", "name=Plan").await;
        stripe.sandbox.deliver_due().await.unwrap();
        stripe.sandbox.deliver_due().await.unwrap();
        listener.types()
    };
    let [created, updated, product] = ["customer.created", "customer.updated", "product.created"];
    assert_eq!(deliver(WebhookFault::Drop).await, [product]);
    assert_eq!(deliver(WebhookFault::Repeat).await, [created, created, updated, updated, product]);
    assert_eq!(deliver(WebhookFault::Reorder).await, [product, updated, created]);
}
