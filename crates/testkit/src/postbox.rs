//! Where the sandbox's webhooks land, until a test decides in which order, and how often, they arrive.

use std::sync::Mutex;

use stripe_sandbox::webhooks::{DeliveryFuture, WebhookDelivery, WebhookTransport};

/// Takes every delivery, and says thank you.
#[derive(Debug, Default)]
pub struct Postbox {
    deliveries: Mutex<Vec<WebhookDelivery>>,
}

impl Postbox {
    /// Everything that has come so far, oldest first. What is taken out is gone.
    pub fn take(&self) -> Vec<WebhookDelivery> {
        std::mem::take(&mut *self.deliveries.lock().expect("nobody panics here"))
    }
}

impl WebhookTransport for Postbox {
    fn deliver(&self, delivery: WebhookDelivery) -> DeliveryFuture<'_> {
        self.deliveries.lock().expect("nobody panics here").push(delivery);
        Box::pin(std::future::ready(Ok(200)))
    }
}
