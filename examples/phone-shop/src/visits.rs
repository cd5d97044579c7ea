//! Sending customers to the hosted pages. This is the whole integration: everything that is sold,
//! changed or cancelled goes through these few lines.

use axum::response::Redirect;
use perennial_client::{Client, Error, Intent, NewConnectSession, SessionUser, User};
use url::Url;

use crate::Shop;
use crate::customer::Customer;
use crate::problem::Problem;

/// Opens a session for `customer` and sends the browser there.
///
/// The session is opened at the moment of the click, because its URL works once and not for long.
/// That URL logs its visitor in: it goes into the redirect, and into no log and no database.
pub(crate) async fn send(shop: &Shop, customer: &Customer, intent: Intent) -> Result<Redirect, Problem> {
    let session = NewConnectSession::new(intent)
        .user(session_user(&shop.client, customer).await?)
        .callback_url(callback_url(&shop.public_url));
    let session = shop.client.connect_sessions().create(&session).await?;
    let entry = session.url.ok_or(Problem::NoEntry)?;
    // 303 See Other: the form was a POST, the hosted pages begin with a GET.
    Ok(Redirect::to(entry.as_str()))
}

/// The project's user for this customer, if they have been there before.
///
/// The e-mail address is what shop and project have in common. Another shop might keep the user's id
/// in its own profile and save this call.
pub(crate) async fn find_user(client: &Client, customer: &Customer) -> Result<Option<User>, Error> {
    client.users().search_by_email(&customer.email).await
}

/// A known user is named; a new one is described, and made when the session is opened. Either way
/// nobody types again what the shop knows already.
async fn session_user(client: &Client, customer: &Customer) -> Result<SessionUser, Error> {
    Ok(match find_user(client, customer).await? {
        Some(user) => SessionUser::Existing(user.id),
        None => SessionUser::New(customer.details()),
    })
}

/// Where the browser comes back to; `session_id` and `status` will be added to it.
fn callback_url(public_url: &Url) -> Url {
    let mut callback = public_url.clone();
    callback.set_path("/phone-plans");
    callback
}
