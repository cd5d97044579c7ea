//! The smallest client that will do.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// The body of the answer to a GET with this key, which must be 200.
#[track_caller]
pub(crate) fn get(base: &str, path: &str, key: &str) -> String {
    let answer = ask(base, path, key);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// The whole answer to a GET with this key.
pub(crate) fn ask(base: &str, path: &str, key: &str) -> String {
    send(base, &format!("GET {path}"), &format!("Authorization: Bearer {key}"), "")
}

/// The body of the answer to a POST of a form with this key, which must be 200.
#[track_caller]
pub(crate) fn post_form(base: &str, path: &str, key: &str, form: &str) -> String {
    let headers = format!("Authorization: Bearer {key}\r\nContent-Type: application/x-www-form-urlencoded");
    let answer = post(base, path, &headers, form);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// The whole answer to a POST of JSON.
pub(crate) fn post_json(base: &str, path: &str, body: &Value) -> String {
    post(base, path, "Content-Type: application/json", &body.to_string())
}

fn post(base: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    send(base, &format!("POST {path}"), &format!("{headers}\r\nContent-Length: {length}"), body)
}

fn send(base: &str, line: &str, headers: &str, body: &str) -> String {
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
