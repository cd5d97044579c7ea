//! The way in: one transport, many merchants' accounts.

use std::sync::Arc;
use std::time::Duration;

use perennial_core::ports::{PaymentGateway, Payments, StripeCredentials};

use crate::account::Account;
use crate::client::Client;
use crate::retry::{PATIENCE, Pause, TokioPause};
use crate::transport::Transport;

/// Opens merchants' Stripe accounts over one transport.
#[derive(Clone)]
pub struct StripeGateway {
    transport: Arc<dyn Transport>,
    pause: Arc<dyn Pause>,
    patience: Duration,
}

impl StripeGateway {
    /// A gateway over this transport, which waits on tokio's clock before it asks again, and gives a call up after 15 s.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, pause: Arc::new(TokioPause), patience: PATIENCE }
    }

    /// Waits another way between tries.
    #[must_use]
    pub fn with_pause(mut self, pause: Arc<dyn Pause>) -> Self {
        self.pause = pause;
        self
    }

    /// Gives a call up after that long, tries and waits together.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl PaymentGateway for StripeGateway {
    fn account(&self, credentials: &StripeCredentials) -> Arc<dyn Payments> {
        Arc::new(Account::new(Client {
            transport: Arc::clone(&self.transport),
            pause: Arc::clone(&self.pause),
            patience: self.patience,
            credentials: credentials.clone(),
        }))
    }
}
