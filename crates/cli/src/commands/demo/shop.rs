//! The shop of the demo: a stranger to the server, which it reaches over HTTP with its key.

use axum::Router;
use phone_shop::ApiKey;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::facts::Facts;
use crate::failure::{Explain, Failure};
use crate::serving;
use crate::shutdown::Shutdown;

/// A shop that is ready to open.
pub(super) struct Shop {
    listener: TcpListener,
    router: Router,
}

impl Shop {
    /// Furnishes the shop, unless it is left out.
    pub(super) fn new(listener: Option<TcpListener>, facts: &Facts) -> Result<Option<Self>, Failure> {
        let (Some(listener), Some(public_url)) = (listener, &facts.shop_base) else { return Ok(None) };
        let settings = phone_shop::Settings {
            base_url: facts.api_base.parse()?,
            project: facts.project.to_owned(),
            api_key: ApiKey::from(facts.api_key.expose_secret()),
            public_url: public_url.parse()?,
            stripe_script: Some(format!("{}/sandbox/embedded.js", facts.sandbox_base).parse()?),
        };
        let router = phone_shop::router(settings).or_fail("the shop cannot be opened")?;
        Ok(Some(Self { listener, router }))
    }

    /// Serves until it is told to stop.
    pub(super) async fn serve(self, shutdown: Shutdown) {
        serving::serve(self.listener, self.router, shutdown).await;
    }
}
