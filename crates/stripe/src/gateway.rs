//! The way in: one transport, many merchants' accounts.

use std::sync::Arc;

use perennial_core::ports::{PaymentGateway, Payments, StripeCredentials};

use crate::account::Account;
use crate::client::Client;
use crate::retry::{Pause, TokioPause};
use crate::transport::Transport;

/// Opens merchants' Stripe accounts over one transport.
#[derive(Clone)]
pub struct StripeGateway {
    transport: Arc<dyn Transport>,
    pause: Arc<dyn Pause>,
}

impl StripeGateway {
    /// A gateway over this transport, which waits on tokio's clock before it asks again.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, pause: Arc::new(TokioPause) }
    }

    /// Waits another way between tries.
    #[must_use]
    pub fn with_pause(mut self, pause: Arc<dyn Pause>) -> Self {
        self.pause = pause;
        self
    }
}

impl PaymentGateway for StripeGateway {
    fn account(&self, credentials: &StripeCredentials) -> Arc<dyn Payments> {
        let client = Client::new(Arc::clone(&self.transport), Arc::clone(&self.pause), credentials.clone());
        Arc::new(Account::new(client))
    }
}
