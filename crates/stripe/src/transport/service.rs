//! A Stripe in the same process.

use std::error::Error;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower::{Service, ServiceExt};

use super::{LONGEST_ANSWER, Transport, TransportAnswer, TransportError};

/// A Stripe in the same process, such as the sandbox's router: whole histories run without sockets.
#[derive(Clone, Debug)]
pub struct ServiceTransport<S> {
    service: S,
}

impl<S> ServiceTransport<S> {
    /// Sends every request to a clone of this service.
    pub const fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: BodyExt + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    fn send(&self, request: Request<Bytes>) -> TransportAnswer<'_> {
        let service = self.service.clone();
        Box::pin(async move {
            let response = service
                .oneshot(request.map(Full::new))
                .await
                .map_err(|error| TransportError::Broken(error.into()))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    TransportError::TooLong
                } else {
                    TransportError::Broken(error)
                }
            })?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}
