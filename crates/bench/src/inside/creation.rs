//! Customers and subscriptions, made one after the other through the sandbox's router.
//!
//! They are kept in a file. The sandbox asks for no sync at each commit (`synchronous = NORMAL`): what was answered
//! outlives the process however it ends, and may not outlive a power cut.

use bytes::Bytes;
use http::{Method, Request, header};
use perennial_stripe::{ServiceTransport, Transport};
use serde_json::Value;
use stripe_sandbox::{Sandbox, SandboxOptions, Storage};
use tempfile::TempDir;

use super::timed;
use crate::failure::{Failure, failure};

const CUSTOMERS: u32 = 10_000;
const SUBSCRIPTIONS: u32 = 2_000;

/// The rows of the table.
pub(super) async fn measure() -> Result<Vec<String>, Failure> {
    let folder = TempDir::new()?;
    let storage = Storage::File(folder.path().join("stripe.db"));
    let sandbox = Sandbox::open(SandboxOptions { storage, ..SandboxOptions::default() })?;
    let stripe = ServiceTransport::new(sandbox.router());
    let mut customers = Vec::new();
    let made = timed(async {
        for number in 0..CUSTOMERS {
            let form = format!("email=customer.{number}@bench.example&name=Ada");
            customers.push(make(&stripe, "/v1/customers", form).await?);
        }
        Ok(CUSTOMERS)
    });
    let customers_row = made.await?.row("sandbox: `POST /v1/customers`", "≥ 5 000 /s");
    let price = "currency=eur&unit_amount=1450&product_data[name]=Plan&recurring[interval]=month";
    let price = make(&stripe, "/v1/prices", price.to_owned()).await?;
    let customers = &customers[..SUBSCRIPTIONS as usize];
    for customer in customers {
        let path = "/v1/payment_methods/pm_card_visa/attach";
        let card = make(&stripe, path, format!("customer={customer}")).await?;
        let form = format!("invoice_settings[default_payment_method]={card}");
        make(&stripe, &format!("/v1/customers/{customer}"), form).await?;
    }
    let made = timed(async {
        for customer in customers {
            let form = format!("customer={customer}&items[0][price]={price}");
            make(&stripe, "/v1/subscriptions", form).await?;
        }
        Ok(SUBSCRIPTIONS)
    });
    let subscriptions_row = made.await?.row("sandbox: `POST /v1/subscriptions`, paid", "≥ 1 000 /s");
    Ok(vec![customers_row, subscriptions_row])
}

/// Posts, and answers the id of what was made.
async fn make(stripe: &ServiceTransport<axum::Router>, path: &str, form: String) -> Result<String, Failure> {
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
