//! Webhooks that leave the house: how fast one healthy receiver hears what happened, beside a hundred that take every
//! connection and never answer. Sender, receivers and database share this machine, and the sockets are real.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use jiff::SignedDuration;
use perennial_core::events::{Happening, record};
use perennial_core::webhooks_out::{NewEndpoint, add_endpoint};
use perennial_domain::{CustomerId, WebhookAudience, WebhookFlavour};
use perennial_testkit::{TestApp, rows};
use perennial_webhooks_out::{HttpReceivers, ReceiverOptions};
use perennial_worker::Sender;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::timed;
use crate::failure::Failure;
use crate::machine;

/// Each is a lane of its own: deliveries of one are sent one after the other.
const CUSTOMERS: u32 = 2_000;
const EVENTS_EACH: u32 = 10;
const DEAD_RECEIVERS: usize = 100;
/// The application's clock stands still unless it is moved.
const TICK: Duration = Duration::from_millis(20);

/// Measures on the database that the environment names, and prints the row.
pub(crate) async fn print() -> Result<(), Failure> {
    let options = ReceiverOptions { private_allowed: true, ..ReceiverOptions::default() };
    let test = TestApp::reaching(Arc::new(HttpReceivers::new(options)?)).await;
    let (healthy, heard) = healthy_receiver().await?;
    let dead = dead_receiver().await?;
    add(&test, format!("http://{healthy}/"), "*").await?;
    for number in 0..DEAD_RECEIVERS {
        add(&test, format!("http://{dead}/{number}"), "user.created").await?;
    }
    let expected = make_events(&test).await?;
    let memory_before = machine::peak_memory_bytes()?;
    let done = timed(async {
        send_until(&test, || heard.load(Ordering::Relaxed) >= expected).await;
        Ok(expected)
    });
    let engine = std::env::var(super::ENGINE_VARIABLE).unwrap_or_else(|_| "sqlite".to_owned());
    let name = format!("outgoing webhooks beside {DEAD_RECEIVERS} dead receivers, {engine}");
    println!("{}", done.await?.row(&name, "≥ 2 000 /s"));
    let grown_kib = machine::peak_memory_bytes()?.saturating_sub(memory_before) / 1024;
    println!("| peak memory while sending them, {engine} | **+ {grown_kib} KiB** | flat | |");
    Ok(())
}

/// Takes everything, and counts it.
async fn healthy_receiver() -> Result<(SocketAddr, Arc<AtomicU32>), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, heard) = (listener.local_addr()?, Arc::new(AtomicU32::new(0)));
    let counted = Arc::clone(&heard);
    let count = post(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(())
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", count)).await });
    Ok((address, heard))
}

/// Takes every connection, and never says a word.
async fn dead_receiver() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    Ok(address)
}

async fn add(test: &TestApp, url: String, events: &str) -> Result<(), Failure> {
    let wanted = NewEndpoint {
        project: test.project().id,
        url,
        flavour: WebhookFlavour::Projects,
        events: vec![events.to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(test.app(), wanted).await?;
    Ok(())
}

/// Makes customers to whom things happen; answers how many things.
async fn make_events(test: &TestApp) -> Result<u32, Failure> {
    let project = test.project().id;
    for batch in 0..CUSTOMERS / 100 {
        test.write(move |cx, tx| {
            for number in batch * 100..(batch + 1) * 100 {
                let customer = rows::customer(cx, project, &format!("listener.{number}@bench.example"));
                tx.customers(project).insert(&customer)?;
                let id: CustomerId = customer.id;
                // Dead receivers have two hundred deliveries to wait for each.
                let first = if batch < 2 { Happening::UserCreated } else { Happening::UserVerified };
                record(cx, tx, project, first, id)?;
                for _ in 1..EVENTS_EACH {
                    record(cx, tx, project, Happening::UserVerified, id)?;
                }
            }
            Ok(())
        })
        .await;
    }
    Ok(CUSTOMERS * EVENTS_EACH)
}

/// Runs the sender as a server does, until enough has arrived.
async fn send_until(test: &TestApp, is_enough: impl Fn() -> bool) {
    let (stop, stopped) = oneshot::channel::<()>();
    let sender = Sender::new(test.app().clone());
    let sending = tokio::spawn(async move {
        sender
            .run(async {
                // Whoever is gone wants nothing any more.
                let _ = stopped.await;
            })
            .await;
    });
    while !is_enough() {
        tokio::time::sleep(TICK).await;
        test.clock().advance(SignedDuration::try_from(TICK).unwrap_or_default());
    }
    drop(stop);
    // What the dead ones hold ends by itself.
    sending.abort();
}
