//! The addresses at which the demo is reached: all of them on this machine.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::DemoArguments;
use crate::failure::Failure;
use crate::serving;

/// Listeners that are open already, so that nobody is told of an address that is not there.
pub(super) struct Doors {
    pub(super) server: TcpListener,
    pub(super) sandbox: TcpListener,
    pub(super) shop: Option<TcpListener>,
}

/// Where they are, once the system has chosen the ports that were left to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    pub(super) server: SocketAddr,
    pub(super) sandbox: SocketAddr,
    pub(super) shop: Option<SocketAddr>,
}

impl Doors {
    /// Opens all of them, or none.
    pub(super) async fn open(arguments: &DemoArguments) -> Result<Self, Failure> {
        let server = open(arguments.listen, "--listen").await?;
        let sandbox = open(arguments.sandbox_listen, "--sandbox-listen").await?;
        let shop =
            if arguments.no_shop { None } else { Some(open(arguments.shop_listen, "--shop-listen").await?) };
        Ok(Self { server, sandbox, shop })
    }

    pub(super) fn addresses(&self) -> Result<Addresses, Failure> {
        Ok(Addresses {
            server: self.server.local_addr()?,
            sandbox: self.sandbox.local_addr()?,
            shop: self.shop.as_ref().map(TcpListener::local_addr).transpose()?,
        })
    }
}

/// The demo's keys are in a file and its cards are play money: nobody else's business.
async fn open(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    if !address.ip().is_loopback() {
        return Err(Failure::misuse(format!("{option}: {address} is not a loopback address"))
            .hint("the demo is for this machine alone; `serve` is for others"));
    }
    serving::listen(address, option).await
}
