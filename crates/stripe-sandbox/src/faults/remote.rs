//! The faults of a sandbox that runs in another process.

use super::FaultPlan;
use crate::webhooks;

/// Why the faults of a running sandbox could not be seen or set.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
    /// Nothing answers at the address, or what answers is no sandbox.
    #[error("no sandbox answers at {address}")]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
}

/// The faults of the sandbox at an address, over `/_sandbox/faults`.
#[derive(Debug)]
pub struct RemoteFaults {
    client: reqwest::Client,
    address: String,
}

impl RemoteFaults {
    /// Those of the sandbox at this address, such as `http://127.0.0.1:12111`.
    pub fn at(base_url: &str) -> Result<Self, RemoteError> {
        let address = base_url.trim_end_matches('/').to_owned();
        Ok(Self { client: webhooks::client().map_err(RemoteError::Client)?, address })
    }

    /// What is left of the plan in force.
    pub async fn plan(&self) -> Result<FaultPlan, RemoteError> {
        self.answer(self.client.get(self.url())).await
    }

    /// Puts a plan in place of the one in force, and answers what is in force now.
    pub async fn set(&self, plan: &FaultPlan) -> Result<FaultPlan, RemoteError> {
        self.answer(self.client.post(self.url()).json(plan)).await
    }

    /// Ends all faults.
    pub async fn clear(&self) -> Result<(), RemoteError> {
        self.answer(self.client.delete(self.url())).await.map(|_| ())
    }

    fn url(&self) -> String {
        format!("{}/_sandbox/faults", self.address)
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<FaultPlan, RemoteError> {
        let answer = async { request.send().await?.error_for_status()?.json().await }.await;
        answer.map_err(|source| RemoteError::Unreachable { address: self.address.clone(), source })
    }
}
