//! Receivers of webhooks, in this process: each remembers what it is sent, and answers as a test wants.

use std::collections::HashMap;
use std::sync::Mutex;

use perennial_core::ports::{
    Happened, Message, NoReply, ReceiverAnswer, ReceiverReply, Receivers, Shipment, Teller, Telling,
};
use perennial_domain::WebhookFlavour;
use perennial_store::{StoreError, Tx};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// All receivers that there are. They say 200, unless they were told otherwise.
#[derive(Debug, Default)]
pub struct Listener {
    heard: Mutex<Vec<Shipment>>,
    manners: Mutex<HashMap<String, Manner>>,
    rung: Notify,
}

/// How a receiver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With this status.
    Says(u16),
    /// Not at all.
    Silent,
    /// It keeps whoever asks waiting, for as long as they wait.
    Hangs,
}

impl Listener {
    /// Has the receivers at this host answer so from now on.
    pub fn at(&self, host: &str, manner: Manner) {
        self.manners.lock().expect("nobody panics here").insert(host.to_owned(), manner);
    }

    /// Waits until so much was sent to this host since the last time.
    pub async fn until_heard(&self, host: &str, count: usize) {
        loop {
            // Made before the look, so that nothing is missed between the two.
            let rung = self.rung.notified();
            if self.heard_at(host) >= count {
                return;
            }
            rung.await;
        }
    }

    fn heard_at(&self, host: &str) -> usize {
        let heard = self.heard.lock().expect("nobody panics here");
        heard.iter().filter(|sent| sent.url.host_str() == Some(host)).count()
    }

    /// Everything that was sent since the last time, in its order, taken or not. What is taken out is gone.
    pub fn take(&self) -> Vec<Shipment> {
        std::mem::take(&mut *self.heard.lock().expect("nobody panics here"))
    }

    /// The types of what was sent since the last time, in its order. What is taken out is gone.
    pub fn take_types(&self) -> Vec<String> {
        let word = |shipment: Shipment| {
            let body: Value = serde_json::from_str(&shipment.body).expect("webhooks are JSON");
            body["type"].as_str().expect("they have a type").to_owned()
        };
        self.take().into_iter().map(word).collect()
    }
}

impl Receivers for Listener {
    fn post<'a>(&'a self, shipment: &'a Shipment) -> ReceiverAnswer<'a> {
        let host = shipment.url.host_str().unwrap_or_default();
        let manner = self.manners.lock().expect("nobody panics here").get(host).copied();
        self.heard.lock().expect("nobody panics here").push(shipment.clone());
        self.rung.notify_waiters();
        let answer = match manner.unwrap_or(Manner::Says(200)) {
            Manner::Says(status) => Ok(ReceiverReply { status, body: "thanks".to_owned() }),
            Manner::Silent => Err(NoReply("no answer in time".to_owned())),
            Manner::Hangs => return Box::pin(std::future::pending()),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Tells in no door's words: tests of what is sent, and when, need none.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainTeller;

impl Teller for PlainTeller {
    fn flavour(&self) -> WebhookFlavour {
        WebhookFlavour::Projects
    }

    fn tell(&self, _: &mut Tx<'_>, _: &Happened) -> Result<Vec<Telling>, StoreError> {
        Ok(Vec::new())
    }

    fn body(&self, message: Message<'_>) -> Value {
        json!({ "type": message.message_type, "id": message.event.id, "data": message.data })
    }
}
