//! Serves a sandbox in memory: `cargo run -p stripe-sandbox --example serve -- 127.0.0.1:12111`.

use std::net::SocketAddr;

use stripe_sandbox::{Sandbox, SandboxOptions};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:12111".to_owned());
    let listener = TcpListener::bind(listen.parse::<SocketAddr>()?).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let sandbox = Sandbox::open(SandboxOptions { base_url, ..SandboxOptions::default() })?;
    tokio::select! {
        served = axum::serve(listener, sandbox.router()) => served?,
        () = sandbox.run_deliveries(std::future::pending()) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
