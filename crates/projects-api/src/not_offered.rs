//! Paths that the contract names and we do not offer (contracts/projects-api.md): 501, so that a developer sees at once that
//! the path is right, and why the answer is no. The property `sim` of a subscription change (§2.6) is answered so where it
//! is read, in `subscription_changes`.

use aide::axum::ApiRouter;
use axum::routing::{MethodRouter, any, patch};
use perennial_http::{ApiError, ErrorKind};

use crate::api::Api;

/// A plan or add-on that were changed here would be changed back when the file is applied next (§2.2 and §2.7).
const IN_THE_CATALOGUE: &str = "What is sold stands in the operator's catalogue file: change it there and apply it with `perennial catalog apply`.";
/// §2.11.
const PORTINGS: &str =
    "Portings cannot be managed here: customers bring their numbers along on the hosted pages.";
/// §2.12.
const USAGE: &str = "This server is not told what the networks measure.";
/// §2.15.
const BILLING: &str = "This server offers the Payments API in place of the Billing API.";
/// §2.16 and the documents of plans in §2.2.
const OTHERS: &str = "This server does not offer that.";

/// Paths of which nothing is offered.
const PATHS: [(&str, &str); 32] = [
    ("/projects/{project}/addons/{addon}/archive", IN_THE_CATALOGUE),
    ("/projects/{project}/addons/{addon}/publish", IN_THE_CATALOGUE),
    ("/projects/{project}/plans/{plan}/archive", IN_THE_CATALOGUE),
    ("/projects/{project}/plans/{plan}/publish", IN_THE_CATALOGUE),
    ("/projects/{project}/plans/{plan}/documents", OTHERS),
    ("/projects/{project}/plans/{plan}/documents/{document}", OTHERS),
    ("/projects/{project}/planDocuments", OTHERS),
    ("/projects/{project}/planDocuments/{document}", OTHERS),
    ("/projects/{project}/portings", PORTINGS),
    ("/projects/{project}/portings/{*rest}", PORTINGS),
    ("/projects/{project}/portOuts", PORTINGS),
    ("/projects/{project}/portOuts/{*rest}", PORTINGS),
    ("/projects/{project}/subscriptions/{subscription}/portIn", PORTINGS),
    ("/serviceProviders", PORTINGS),
    ("/serviceProviders/{serviceProvider}", PORTINGS),
    ("/projects/{project}/subscriptions/{subscription}/usage", USAGE),
    ("/projects/{project}/usageBalances", USAGE),
    ("/projects/{project}/usageBalances/{usageBalance}", USAGE),
    ("/projects/{project}/creditNotes", BILLING),
    ("/projects/{project}/creditNotes/{*rest}", BILLING),
    ("/projects/{project}/invoices", BILLING),
    ("/projects/{project}/invoices/{*rest}", BILLING),
    ("/projects/{project}/quotes", BILLING),
    ("/projects/{project}/quotes/{*rest}", BILLING),
    ("/projects/{project}/vouchers", BILLING),
    ("/projects/{project}/vouchers/{*rest}", BILLING),
    ("/projects/{project}/networkAvailabilities/lookup", OTHERS),
    ("/projects/{project}/subscriptionGroups", OTHERS),
    ("/projects/{project}/subscriptionGroups/{subscriptionGroup}", OTHERS),
    ("/projects/{project}/subscriptionGroups/{subscriptionGroup}/{*rest}", OTHERS),
    ("/projects/{project}/virtualNumbers", OTHERS),
    ("/projects/{project}/virtualNumbers/{virtualNumber}", OTHERS),
];

/// What can be read, and not changed.
const READ_ONLY: [&str; 2] = ["/projects/{project}/addons/{addon}", "/projects/{project}/plans/{plan}"];

pub(crate) fn routes() -> ApiRouter<Api> {
    let whole = PATHS.into_iter().map(|(path, why)| (path, any(async move || refuse(why))));
    let changes = READ_ONLY.into_iter().map(|path| (path, patch(async || refuse(IN_THE_CATALOGUE))));
    let add = |routes: ApiRouter<Api>, (path, method): (&str, MethodRouter<Api>)| routes.route(path, method);
    whole.chain(changes).fold(ApiRouter::new(), add)
}

fn refuse(why: &'static str) -> ApiError {
    ApiError::new(ErrorKind::NotImplemented, why)
}
