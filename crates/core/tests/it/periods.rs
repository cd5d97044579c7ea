//! Stripe's periods and ours: the sandbox counts its own, and both must come to the same instants.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_core::ports::{Clock, FixedClock};
use perennial_domain::{Span, TermUnit};
use perennial_testkit::Caller;
use serde_json::Value;
use stripe_sandbox::{Sandbox, SandboxOptions};

/// A day that most months do not have, of a month before a leap day.
const ANCHOR: &str = "2028-01-31T22:15:07Z";

/// A Stripe with a customer, where a subscription can be had for each span.
struct Stripe {
    sandbox: Sandbox,
    clock: Arc<FixedClock>,
    caller: Caller,
    customer: String,
}

impl Stripe {
    async fn open() -> Self {
        let clock = Arc::new(FixedClock::at(ANCHOR.parse().unwrap()));
        let shared = Arc::clone(&clock);
        let options = SandboxOptions {
            clock: Arc::new(move || shared.now().as_second()),
            keep_unheard_events: false,
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::open(options).unwrap();
        let caller = Caller::new(sandbox.router(), "sk_test_merchant");
        let customer = caller.post_form("/v1/customers", "name=Ada").await.expect(200);
        let customer = text(&customer["id"]);
        Self { sandbox, clock, caller, customer }
    }

    /// Subscribes to something free that renews so often; answers the subscription's id.
    async fn subscribe(&self, span: Span) -> String {
        let price = format!(
            "currency=eur&unit_amount=0&product_data[name]=Free&recurring[interval]={}&recurring[interval_count]={}",
            span.unit.as_str(),
            span.count
        );
        let price = self.caller.post_form("/v1/prices", &price).await.expect(200);
        let form = format!("customer={}&items[0][price]={}", self.customer, text(&price["id"]));
        text(&self.caller.post_form("/v1/subscriptions", &form).await.expect(200)["id"])
    }

    /// The start and the end of the period that is running there.
    async fn period(&self, subscription: &str) -> (Timestamp, Timestamp) {
        let found = self.caller.get(&format!("/v1/subscriptions/{subscription}")).await.expect(200);
        let item = &found["items"]["data"][0];
        let time = |name| Timestamp::from_second(Value::as_i64(&item[name]).unwrap()).unwrap();
        (time("current_period_start"), time("current_period_end"))
    }

    async fn go_to(&self, time: Timestamp) {
        let now = self.clock.now();
        self.clock.advance(time.duration_since(now));
        self.sandbox.tick().await.unwrap();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Each span for as many periods as a century has, or for 150: by then months, weeks and leap years have met in every way.
#[tokio::test]
async fn stripes_periods_and_ours_are_the_same_over_a_century() {
    let anchor: Timestamp = ANCHOR.parse().unwrap();
    for (unit, count, periods) in [
        (TermUnit::Month, 1, 150),
        (TermUnit::Month, 7, 150),
        (TermUnit::Year, 1, 100),
        (TermUnit::Year, 3, 33),
        (TermUnit::Week, 1, 60),
        (TermUnit::Day, 365, 100),
    ] {
        let span = Span { unit, count };
        let stripe = Stripe::open().await;
        let subscription = stripe.subscribe(span).await;
        for number in 1..=periods {
            let ours = (span.after(anchor, number - 1).unwrap(), span.after(anchor, number).unwrap());
            assert_eq!(stripe.period(&subscription).await, ours, "{span:?}, period {number}");
            stripe.go_to(ours.1).await;
        }
    }
}
