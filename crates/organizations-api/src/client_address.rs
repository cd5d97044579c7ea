//! Where a request comes from: for the limit on log-ins, and for nothing else.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use aide::OperationInput;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

use crate::door::Door;

/// The address of the client, where it is known.
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl FromRequestParts<Door> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Infallible> {
        let Some(header) = &door.client_address_header else { return Ok(Self(peer(parts))) };
        // Proxies write what they saw at the end. What stands before it may be anybody's invention.
        let last = parts.headers.get_all(header).iter().next_back().and_then(|value| value.to_str().ok());
        let last = last.and_then(|value| value.rsplit(',').next());
        Ok(Self(last.and_then(|address| address.trim().parse().ok())))
    }
}

impl OperationInput for ClientAddress {}

/// Whoever opened the connection. One from this machine is a proxy of which we were not told, with everybody behind it.
fn peer(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    peer.filter(|address| !address.to_canonical().is_loopback())
}
