//! A bare route: it reads what it is sent and answers as many bytes as it was told, in a process of its own.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use tokio::net::TcpListener;

use crate::failure::{Failure, failure};
use crate::installation::Server;

/// The name of the subcommand that [`serve`]s.
const SUBCOMMAND: &str = "bare-route";

/// Starts this program again, as a bare route that answers so many bytes.
pub(crate) fn start(answer_bytes: usize) -> Result<Server, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .args([SUBCOMMAND, &answer_bytes.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or_else(|| failure("a child without output"))?)
        .read_line(&mut line)?;
    Ok(Server::of(child, line.trim().parse()?))
}

/// Prints its address, and answers until it is stopped.
pub(crate) async fn serve(answer_bytes: usize) -> Result<(), Failure> {
    let answer = Bytes::from(vec![b'0'; answer_bytes]);
    let router = Router::new().fallback(move |_: Bytes| {
        let answer = answer.clone();
        async move { ([(CONTENT_TYPE, "application/json")], answer) }
    });
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    println!("{}", listener.local_addr()?);
    axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router)
        .await?;
    Ok(())
}
