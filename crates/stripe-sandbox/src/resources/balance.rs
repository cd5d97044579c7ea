//! The account and its balance: <https://docs.stripe.com/api/balance>. The sandbox has one account and pays nothing out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};

const ACCOUNT: &str = "acct_sandbox";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/account", account)
        .get("/v1/balance", retrieve)
        .get("/v1/balance_transactions", list)
        .get("/v1/balance_transactions/{id}", retrieve_transaction)
}

#[expect(clippy::unnecessary_wraps, reason = "the table of calls wants this signature")]
fn account(tx: &Tx<'_>, _: &Request) -> Result<Value, ApiError> {
    Ok(json!({
        "id": ACCOUNT,
        "object": "account",
        "business_profile": { "name": tx.context().merchant_name },
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "payouts_enabled": false,
        "settings": { "dashboard": { "display_name": tx.context().merchant_name } },
        "type": "standard",
    }))
}

fn retrieve(tx: &Tx<'_>, _: &Request) -> Result<Value, ApiError> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for transaction in Select::of("balance_transaction").all(tx)? {
        *sums.entry(transaction.owned("currency").unwrap_or_default()).or_default() +=
            transaction.amount("net");
    }
    if sums.is_empty() {
        sums.insert("usd".to_owned(), 0);
    }
    let amounts = |of: fn(i64) -> i64| -> Vec<Value> {
        sums.iter()
            .map(|(currency, sum)| {
                json!({ "amount": of(*sum), "currency": currency, "source_types": { "card": of(*sum) } })
            })
            .collect()
    };
    Ok(json!({
        "object": "balance",
        "available": amounts(|sum| sum),
        "livemode": false,
        "pending": amounts(|_| 0),
    }))
}

fn retrieve_transaction(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("balance_transaction", request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("balance_transaction")
        .with_parameters(parameters, &["currency", "source", "type"])
        .with_range(parameters, "created");
    select.page(tx, parameters, &request.path)
}
