//! Receivers on a real network, on this machine, that behave badly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use perennial_core::ports::{ReceiverReply, Receivers, Shipment};
use perennial_webhooks_out::{HttpReceivers, ReceiverOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A receiver that does this with every connection; answers its port, and how many there were.
async fn receiver<F>(answer: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, count) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream));
        }
    });
    (port, count)
}

/// Hears a request out as far as it comes at once, and says this.
async fn say(mut stream: TcpStream, words: &str) {
    let mut heard = [0; 8192];
    let _ = stream.read(&mut heard).await;
    let _ = stream.write_all(words.as_bytes()).await;
}

fn shipment(host: &str, port: u16) -> Shipment {
    Shipment {
        url: format!("http://{host}:{port}/hooks").parse().unwrap(),
        headers: vec![("webhook-id", "evt_1".to_owned())],
        body: r#"{"object":"event"}"#.to_owned(),
    }
}

fn receivers(private_allowed: bool) -> HttpReceivers {
    let timeout = Duration::from_millis(300);
    HttpReceivers::new(ReceiverOptions { private_allowed, timeout }).unwrap()
}

#[tokio::test]
async fn an_answer_is_told_with_its_status() {
    let (port, _) =
        receiver(|stream| say(stream, "HTTP/1.1 503 Busy\r\ncontent-length: 5\r\n\r\nlater")).await;
    let reply = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap();
    assert_eq!(reply, ReceiverReply { status: 503, body: "later".to_owned() });
}

#[tokio::test]
async fn one_that_hangs_is_left_alone_in_time() {
    let (port, count) = receiver(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let error = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), count.load(Ordering::SeqCst)), ("no answer in time", 1));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (inside, visits) =
        receiver(|stream| say(stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let words =
        format!("HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n");
    let (port, _) = receiver(move |stream| {
        let words = words.clone();
        async move { say(stream, &words).await }
    })
    .await;
    let reply = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap();
    assert_eq!((reply.status, reply.is_taken()), (307, false));
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn of_a_gigabyte_four_kilobytes_are_read() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let (port, _) = receiver(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            let mut heard = [0; 8192];
            let _ = stream.read(&mut heard).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n").await;
            let chunk = vec![b'x'; 1 << 16];
            while let Ok(written) = stream.write(&chunk).await {
                counted.fetch_add(written, Ordering::SeqCst);
            }
        }
    })
    .await;
    let reply = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap();
    assert_eq!((reply.status, reply.body.len()), (200, ReceiverReply::KEPT_BYTES));
    assert!(sent.load(Ordering::SeqCst) < 64 << 20, "what the system buffers, and no more");
}

#[tokio::test]
async fn what_came_of_an_answer_that_never_ends_is_kept() {
    let (port, _) = receiver(|mut stream| async move {
        let mut heard = [0; 8192];
        let _ = stream.read(&mut heard).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nso far").await;
        std::future::pending::<()>().await;
    })
    .await;
    let reply = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap();
    assert_eq!(reply, ReceiverReply { status: 200, body: "so far".to_owned() });
}

#[tokio::test]
async fn headers_that_drip_are_no_answer_in_time() {
    let (port, _) = receiver(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-drip: ").await;
        // As fast as they are taken, and without an end; the client gives up long before it has read them all.
        while stream.write_all(b".").await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(receivers(true).post(&shipment("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn words_that_are_no_http_are_no_answer() {
    let (port, _) = receiver(|stream| say(stream, "220 mail.example ESMTP\r\n")).await;
    assert!(receivers(true).post(&shipment("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn one_that_is_gone_says_so() {
    let (port, _) = receiver(|stream| say(stream, "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")).await;
    let reply = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap();
    assert!(reply.is_gone() && !reply.is_taken());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let pem = include_bytes!("self-signed.pem");
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(pem).unwrap())
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let heard = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&heard);
    let (port, _) = receiver(move |stream| {
        let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut words = [0; 1024];
            let read = stream.read(&mut words).await.unwrap_or_default();
            counted.fetch_add(read, Ordering::SeqCst);
        }
    })
    .await;
    let mut shipment = shipment("localhost", port);
    shipment.url.set_scheme("https").unwrap();
    let error = receivers(true).post(&shipment).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(heard.load(Ordering::SeqCst), 0, "nothing of the webhook was told");
}

#[tokio::test]
async fn nobody_inside_is_reached_by_number_or_by_name() {
    let (port, count) = receiver(|stream| say(stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
        let error = receivers(false).post(&shipment(host, port)).await.unwrap_err();
        assert_eq!(error.to_string(), "the address is not public", "{host}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = receivers(true).post(&shipment("127.0.0.1", port)).await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
}
