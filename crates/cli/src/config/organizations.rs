//! Which project's organizations are served at the root.

use serde::Deserialize;

/// `[organizations]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrganizationsConfig {
    /// The slug of the project whose Organizations API hangs off the root. Every project with settings for organizations
    /// is served below `/organizations/{project}` as well.
    pub(crate) project: Option<String>,
}
