//! The portal's billing details.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::super::response::bad_form;
use super::{Visit, afterwards, in_session};
use crate::fields::Fields;
use crate::resources::customers;
use crate::sandbox::Sandbox;

/// The fields: the update that allows them, their path on the customer, what the page calls them, how a browser fills
/// them in.
const FIELDS: [(&str, &str, &str, &str); 9] = [
    ("name", "name", "Name", "name"),
    ("email", "email", "E-mail", "email"),
    ("phone", "phone", "Phone", "tel"),
    ("address", "address.line1", "Address", "address-line1"),
    ("address", "address.line2", "Address, second line", "address-line2"),
    ("address", "address.postal_code", "Postal code", "postal-code"),
    ("address", "address.city", "City", "address-level2"),
    ("address", "address.state", "State or region", "address-level1"),
    ("address", "address.country", "Country, two letters", "country"),
];

/// The details that the customer may change.
pub(super) struct Details {
    pub(super) fields: Vec<DetailField>,
}

/// One of them as its input shows it.
pub(super) struct DetailField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) value: String,
}

impl Details {
    pub(super) fn of(visit: &Visit) -> Self {
        let field =
            |(_, path, label, autocomplete): &(_, &'static str, &'static str, &'static str)| DetailField {
                name: path,
                label,
                autocomplete,
                value: visit.customer.owned(path).unwrap_or_default(),
            };
        Self { fields: allowed(visit).iter().map(field).collect() }
    }
}

fn allowed(visit: &Visit) -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let updates = visit.configuration.elements("features.customer_update.allowed_updates");
    FIELDS.into_iter().filter(|(update, ..)| updates.iter().any(|known| known == update)).collect()
}

/// `POST /p/session/{session}/details`
pub(in crate::pages) async fn change(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    form: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let changed = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("customer_update")?;
        let mut parameters = json!({});
        // An address is replaced as a whole, so what the form does not show of it is kept.
        if allowed(visit).iter().any(|(update, ..)| *update == "address") {
            parameters.put("address", visit.customer.copy("address"));
        }
        for (_, path, ..) in allowed(visit) {
            let Some(typed) = form.get(path) else { continue };
            let typed = typed.trim();
            parameters.put(path, if typed.is_empty() { Value::Null } else { json!(typed) });
        }
        customers::change(tx, &visit.customer, &parameters)?;
        visit.go_on(tx, &["customer_update"])
    });
    afterwards(&sandbox, &session, changed.await).await
}
