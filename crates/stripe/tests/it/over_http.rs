//! The network transport, against a server on loopback that says one thing and closes.

use bytes::Bytes;
use http::Request;
use perennial_stripe::{HttpTransport, Transport, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers the first connection with these bytes; gives back what it was sent.
async fn exchange(answer: &[u8]) -> (Result<http::Response<Bytes>, TransportError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let request = Request::post(format!("http://{address}/v1/customers"))
        .header("authorization", "Bearer sk_test_1")
        .body(Bytes::from_static(b"name=Ada"))
        .unwrap();
    let transport = HttpTransport::new().unwrap();
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"name=Ada") {
            assert_ne!(socket.read_buf(&mut heard).await.unwrap(), 0, "closed before the body");
        }
        // The client may hang up before it has heard all.
        let _ = socket.write_all(answer).await;
        String::from_utf8(heard).unwrap()
    };
    tokio::join!(transport.send(request), server)
}

#[tokio::test]
async fn a_response_comes_back_whole_whatever_its_status() {
    let (response, heard) =
        exchange(b"HTTP/1.1 402 Payment Required\r\nrequest-id: req_9\r\ncontent-length: 4\r\n\r\nbody")
            .await;
    let response = response.unwrap();
    assert_eq!((response.status().as_u16(), &response.body()[..]), (402, &b"body"[..]));
    assert_eq!(response.headers()["request-id"], "req_9");
    assert!(heard.starts_with("POST /v1/customers HTTP/1.1\r\n"), "{heard}");
    assert!(heard.to_lowercase().contains("authorization: bearer sk_test_1\r\n"), "{heard}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_takes_the_key_nowhere() {
    let redirect =
        b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let (response, _) = exchange(redirect).await;
    assert_eq!(response.unwrap().status().as_u16(), 307);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let (response, _) = exchange(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    assert!(matches!(response, Err(TransportError::Broken(_))), "{response:?}");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(17 * 1024 * 1024, b' ');
    let (response, _) = exchange(&endless).await;
    assert!(matches!(response, Err(TransportError::TooLong)), "{response:?}");
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let request = Request::get(format!("http://{address}/v1/invoices/in_1")).body(Bytes::new()).unwrap();
    let response = HttpTransport::new().unwrap().send(request).await;
    assert!(matches!(response, Err(TransportError::Connect(_))), "{response:?}");
}
