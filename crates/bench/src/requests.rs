//! The requests, written out before the clock runs.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::failure::Failure;
use crate::installation::{PROJECT, WEBHOOK_SECRET};
use crate::load::Requests;
use crate::machine::now;
use crate::seed::Seeded;

/// How many customers are asked about before the first one's turn comes again; spread over all of them.
const DISTINCT: usize = 8_192;
const RENEWAL: &str = include_str!("renewal.json");
/// The page that is called deep: so many pages of ten come before it.
const DEEP_PAGE: usize = 1_000;
const PAGE_LENGTH: usize = 10;

/// Writes the requests of one installation.
pub(crate) struct Script<'s> {
    pub(crate) api_key: &'s str,
    pub(crate) seeded: &'s Seeded,
}

impl Script<'_> {
    pub(crate) fn plans(&self) -> Requests {
        always(vec![self.get("plans")])
    }

    pub(crate) fn subscriptions_of_users(&self) -> Requests {
        let ask = |user| self.get(&format!("subscriptions?user={user}"));
        always(self.spread_customers().map(ask).collect())
    }

    pub(crate) fn first_page(&self) -> Requests {
        always(vec![self.get(&format!("subscriptions?limit={PAGE_LENGTH}"))])
    }

    pub(crate) fn deep_page(&self) -> Requests {
        let subscriptions = &self.seeded.subscriptions;
        let cursor = subscriptions[subscriptions.len() - DEEP_PAGE * PAGE_LENGTH];
        always(vec![self.get(&format!("subscriptions?limit={PAGE_LENGTH}&after={cursor}"))])
    }

    /// Visits to buy a plan, each for another customer.
    pub(crate) fn connect_sessions(&self) -> Requests {
        let plan = self.seeded.plan;
        let ask = |user| {
            let body = json!({
                "intent": {
                    "type": "checkoutNewSubscription",
                    "checkoutNewSubscription": { "plan": plan.to_string() },
                },
                "callbackUrl": "https://shop.bench.example/phone-plans",
                "user": format!("{user}"),
            });
            self.post_json("connectSessions", &body)
        };
        always(self.spread_customers().map(ask).collect())
    }

    fn spread_customers(&self) -> impl Iterator<Item = perennial_domain::CustomerId> {
        let customers = &self.seeded.customers;
        customers.iter().copied().step_by((customers.len() / DISTINCT).max(1))
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let key = self.api_key;
        format!(
            "GET /projects/{PROJECT}/{path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\naccept: application/json\r\n\r\n"
        )
        .into_bytes()
    }

    fn post_json(&self, path: &str, body: &Value) -> Vec<u8> {
        let (key, body) = (self.api_key, body.to_string());
        let length = body.len();
        format!(
            "POST /projects/{PROJECT}/{path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

fn always(texts: Vec<Vec<u8>>) -> Requests {
    Requests { texts: texts.into(), again: true }
}

/// Webhooks, each a new event about a subscription of its own: none is known, and each queues work. They are signed
/// now, and Stripe's signatures are good for five minutes.
pub(crate) fn webhooks(round: usize, count: usize) -> Result<Requests, Failure> {
    let now = now().as_second();
    let write = |number| {
        let suffix = format!("{now}x{round}x{number:08}");
        let body = event(&format!("evt_{suffix}"), &format!("sub_{suffix}"), now);
        let signature = sign(now, &body)?;
        let length = body.len();
        Ok(format!(
            "POST /webhooks/stripe/{PROJECT} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
             stripe-signature: t={now},v1={signature}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes())
    };
    Ok(Requests { texts: (0..count).map(write).collect::<Result<_, Failure>>()?, again: false })
}

/// <https://docs.stripe.com/webhooks#verify-manually>
fn sign(timestamp: i64, body: &str) -> Result<String, Failure> {
    let mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes())?;
    Ok(hex::encode(mac.chain_update(format!("{timestamp}.{body}")).finalize().into_bytes()))
}

/// A renewal as Stripe tells it, with the properties that such an event usually has.
pub(crate) fn event(id: &str, subscription: &str, created: i64) -> String {
    let text = RENEWAL.replace("EVENT_ID", id).replace("SUBSCRIPTION_ID", subscription);
    text.replace("\"CREATED\"", &created.to_string())
}
