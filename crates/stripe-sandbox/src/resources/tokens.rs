//! Card tokens, the older way to hand over a card: <https://docs.stripe.com/api/tokens>.

use serde_json::{Value, json};

use super::payment_methods;
use crate::cards;
use crate::cards::entry::{self, Card};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::ids;
use crate::store::Tx;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/v1/tokens", create).get("/v1/tokens/{id}", retrieve)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let given = request.parameters.field("card").ok_or_else(|| ApiError::missing("card"))?;
    let card = entry::read(tx, given)?;
    let method = payment_methods::add(tx, &card, &json!({}))?;
    let mut shown = method.copy("card");
    shown.put("id", ids::new_id("card"));
    shown.put("object", "card");
    let token = json!({
        "id": ids::new_id("tok"),
        "object": "token",
        "card": shown,
        "client_ip": null,
        "created": tx.now(),
        "livemode": false,
        "type": "card",
        "used": false,
        "_payment_method": method.id(),
    });
    tx.insert(&token)?;
    Ok(token)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("token", request.id(), "id")
}

/// The card that a token stands for: one of Stripe's own (`tok_visa`), or one made by this API, which works once.
pub(super) fn card_of(tx: &Tx<'_>, id: &str) -> Result<Card, ApiError> {
    if let Some(card) = cards::by_alias(id) {
        return Ok(Card::of_test_card(card, tx.now()));
    }
    let mut token = tx.get("token", id, "card[token]")?;
    if token.flag("used") {
        let message = format!("The token {id} has been used already.");
        return Err(ApiError::invalid("card[token]", message).with_code("token_already_used"));
    }
    token.put("used", true);
    tx.save(&token)?;
    let method = tx.linked("payment_method", token.text("_payment_method").unwrap_or_default())?;
    Card::of_payment_method(&method).ok_or_else(|| ApiError::no_such("token", id, "card[token]"))
}
