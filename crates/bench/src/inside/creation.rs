//! Customers and subscriptions, made by 16 callers at once through the sandbox's router.
//!
//! They are kept in a file, and answered once they are on the disk: one sync serves all who wait for it.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{Method, Request, header};
use perennial_stripe::{ServiceTransport, Transport};
use serde_json::Value;
use stripe_sandbox::{Sandbox, SandboxOptions, Storage};
use tempfile::TempDir;

use super::timed;
use crate::failure::{Failure, failure};

const CUSTOMERS: usize = 10_000;
const SUBSCRIPTIONS: usize = 2_000;
const CALLERS: usize = 16;

type Stripe = Arc<ServiceTransport<axum::Router>>;

/// The rows of the table.
pub(super) async fn measure() -> Result<Vec<String>, Failure> {
    let folder = TempDir::new()?;
    let storage = Storage::File(folder.path().join("stripe.db"));
    let sandbox = Sandbox::open(SandboxOptions { storage, ..SandboxOptions::default() })?;
    let stripe = Arc::new(ServiceTransport::new(sandbox.router()));
    let mut customers = Vec::new();
    let made = timed(async {
        let forms = (0..CUSTOMERS).map(|number| format!("email=customer.{number}@bench.example&name=Ada"));
        customers = make_all(&stripe, forms.map(|form| ("/v1/customers".to_owned(), form))).await?;
        Ok(u32::try_from(CUSTOMERS)?)
    });
    let customers_row = made.await?.row("sandbox: `POST /v1/customers`, durable", "≥ 5 000 /s");
    let price = "currency=eur&unit_amount=1450&product_data[name]=Plan&recurring[interval]=month";
    let price = make(&stripe, "/v1/prices".to_owned(), price.to_owned()).await?;
    let customers = &customers[..SUBSCRIPTIONS];
    for customer in customers {
        let path = "/v1/payment_methods/pm_card_visa/attach".to_owned();
        let card = make(&stripe, path, format!("customer={customer}")).await?;
        let form = format!("invoice_settings[default_payment_method]={card}");
        make(&stripe, format!("/v1/customers/{customer}"), form).await?;
    }
    let made = timed(async {
        let forms = customers.iter().map(|customer| format!("customer={customer}&items[0][price]={price}"));
        make_all(&stripe, forms.map(|form| ("/v1/subscriptions".to_owned(), form))).await?;
        Ok(u32::try_from(SUBSCRIPTIONS)?)
    });
    let subscriptions_row = made.await?.row("sandbox: `POST /v1/subscriptions`, paid, durable", "≥ 1 000 /s");
    Ok(vec![customers_row, subscriptions_row])
}

/// Posts forms to paths, and answers the ids of what was made.
async fn make_all(
    stripe: &Stripe,
    requests: impl Iterator<Item = (String, String)>,
) -> Result<Vec<String>, Failure> {
    let made = requests.map(|(path, form)| {
        let stripe = Arc::clone(stripe);
        async move { tokio::spawn(async move { make(&stripe, path, form).await }).await? }
    });
    stream::iter(made).buffered(CALLERS).try_collect().await
}

/// Posts, and answers the id of what was made.
async fn make(stripe: &Stripe, path: String, form: String) -> Result<String, Failure> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("http://stripe.test{path}"))
        .header(header::AUTHORIZATION, "Bearer sk_test_bench")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(form))?;
    let response = stripe.send(request).await?;
    let made: Value = serde_json::from_slice(response.body())?;
    made["id"].as_str().map(str::to_owned).ok_or_else(|| failure(format!("{path}: {made}")))
}
