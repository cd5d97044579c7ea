//! The two places where a checkout is paid: on Stripe's own page, or inside one of the operator's.

use perennial_domain::{Checkout, CheckoutUi};
use secrecy::{ExposeSecret, SecretString};

use crate::ports::CheckoutSession;
use crate::secrets;

/// What leads a customer to where they pay.
pub(super) trait Place: Sized {
    /// What Stripe is asked for.
    const UI: CheckoutUi;

    /// As it is kept with a checkout that is open.
    fn kept(checkout: &Checkout) -> Option<Self>;

    /// As Stripe tells it of a session that is open.
    fn told(session: &CheckoutSession) -> Option<Self>;
}

/// The URL of Stripe's page.
impl Place for String {
    const UI: CheckoutUi = CheckoutUi::Hosted;

    fn kept(checkout: &Checkout) -> Option<Self> {
        checkout.stripe_url.clone()
    }

    fn told(session: &CheckoutSession) -> Option<Self> {
        session.url.clone()
    }
}

/// What an embedding page shows a checkout by. Stripe gives it out anew as long as the checkout is open, so it is kept
/// nowhere.
#[derive(Clone, Debug)]
pub struct ClientSecret(SecretString);

impl Place for ClientSecret {
    const UI: CheckoutUi = CheckoutUi::Embedded;

    fn kept(_: &Checkout) -> Option<Self> {
        None
    }

    fn told(session: &CheckoutSession) -> Option<Self> {
        session.client_secret.clone().map(Self)
    }
}

impl ClientSecret {
    /// The secret, for the page that asked.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for ClientSecret {
    fn eq(&self, other: &Self) -> bool {
        secrets::equal(self.expose().as_bytes(), other.expose().as_bytes())
    }
}

impl Eq for ClientSecret {}
