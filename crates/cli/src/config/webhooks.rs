//! Where outgoing webhooks may go.

use serde::Deserialize;

/// `[webhooks]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhooksConfig {
    /// Whether they may be sent to addresses inside of our own network: whoever has a key to a project could reach what is
    /// there.
    pub(crate) allow_private: bool,
}
