//! Logging in for a form whose link is not signed (contract §9.6): a visit in which somebody of the staff proves their
//! address, by a code as everywhere, and that leads back to the form.

use jiff::SignedDuration;
use perennial_domain::{Appearance, ConnectSession, Intent};

use super::FormParty;
use crate::connect_sessions::{self, ConnectSessionError, NewSession, Visitor};
use crate::context::App;

/// Nobody gets the visit's own link: who comes always proves an address.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// Opens such a visit. `address` is the form's path and query, `language` that of its page.
pub async fn open_login(
    app: &App,
    party: &FormParty,
    address: &str,
    language: &str,
) -> Result<ConnectSession, ConnectSessionError> {
    let (project, customer) = (party.project.id, party.customer.id);
    let (address, language) = (address.to_owned(), language.to_owned());
    app.write(move |cx, tx| {
        let request = NewSession {
            intent: Intent::ViewSubscriptions,
            callback: None,
            appearance: Appearance::default(),
            visitor: Some(Visitor::Known(customer)),
        };
        let mut session = connect_sessions::create(cx, tx, LINK_LIFETIME, project, &request)?.session;
        session.progress.is_open_to_owner = true;
        session.progress.form = Some(address.clone());
        session.progress.locale = Some(language.clone());
        tx.connect_sessions(project).update(&session)?;
        Ok(session)
    })
    .await
}
