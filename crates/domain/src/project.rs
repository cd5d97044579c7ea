//! Projects, their settings and their API keys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::text_enum::text_enum;
use crate::{
    ApiKeyId, ArrearsPolicy, BusinessSettings, DisputePolicy, Email, OrganizationSettings, ProjectId,
};

text_enum! {
    /// Which network activates a project's mobile subscriptions.
    pub enum CarrierName {
        /// The built-in one that gives out fictional numbers.
        Test = "test",
    }
}

text_enum! {
    /// When a customer's own cancellation takes effect.
    pub enum CancellationTime {
        /// When what is paid is used up.
        AtPeriodEnd = "at_period_end",
        /// As soon as it is confirmed. Nothing is given back.
        AtOnce = "at_once",
    }
}

#[expect(clippy::derivable_impls, reason = "text_enum! takes no attributes on its variants")]
impl Default for CancellationTime {
    fn default() -> Self {
        Self::AtPeriodEnd
    }
}

/// What an operator decides for a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectSettings {
    /// A logo for the hosted pages.
    pub logo_url: Option<Url>,
    /// `#rrggbb`; darkened or lightened where contrast needs it.
    pub accent_colour: Option<String>,
    /// Linked in the footer of the hosted pages.
    pub terms_url: Option<Url>,
    /// Linked in the footer of the hosted pages.
    pub privacy_url: Option<Url>,
    /// Where customers find help.
    pub support_email: Option<String>,
    /// Hides the small line at the foot of the pages.
    pub hide_powered_by: bool,
    /// If not empty, a callback must begin with one of these (scheme, host and path prefix).
    pub callback_allow_list: Vec<Url>,
    /// Where visitors are sent who would have to log in, usually the app's own log-in: then the hosted pages ask nobody
    /// who they are (contracts/projects-api.md §3.1). They do when it is absent.
    pub login_url: Option<Url>,
    /// What happens when a renewal is not paid.
    pub arrears: ArrearsPolicy,
    /// What happens when a payment is disputed.
    pub disputes: DisputePolicy,
    /// When a customer's own cancellation takes effect.
    pub cancellation: CancellationTime,
    /// Which mails its customers get.
    pub mails: MailSettings,
    /// How organizations are served; not at all when absent.
    pub organizations: Option<OrganizationSettings>,
    /// How businesses are served.
    pub business: BusinessSettings,
}

/// Which mails a project's customers get. A code to log in is always sent: without it nobody could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, and they are written one by one"
)]
pub struct MailSettings {
    /// A receipt for each payment. Stripe can send its own: then two would come.
    pub receipts: bool,
    /// That a renewal, or the first period of a plan that follows on a free one, was not paid, with the way to mend it.
    pub failed_renewals: bool,
    /// That a subscription ends, to whom decided it.
    pub cancellations: bool,
    /// That a part of a cart was bought and the rest was not, with the way to buy it.
    pub unfinished_carts: bool,
    /// Where the operator is told of what nobody else would notice, such as a webhook that was disabled; nowhere when absent.
    pub operator: Option<Email>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            receipts: true,
            failed_renewals: true,
            cancellations: true,
            unfinished_carts: true,
            operator: None,
        }
    }
}

/// A merchant with its own Stripe account, catalogue and customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Our id.
    pub id: ProjectId,
    /// What the API's paths carry: `[a-z0-9-]`.
    pub slug: String,
    /// What customers read.
    pub name: String,
    /// Language tags, the default first.
    pub locales: Vec<String>,
    /// Who activates its mobile subscriptions.
    pub carrier: CarrierName,
    /// What the operator decided.
    pub settings: ProjectSettings,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Project {
    /// Whether a text can be a slug.
    pub fn is_slug(text: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=40).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with('-')
            && !text.ends_with('-')
    }

    /// The language of customers of whom nothing else is known.
    pub fn default_locale(&self) -> &str {
        self.locales.first().map_or("en-US", String::as_str)
    }
}

/// A key to a project's API. The secret itself is never kept.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Our id.
    pub id: ApiKeyId,
    /// What it opens.
    pub project_id: ProjectId,
    /// What the operator calls it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it works at this time.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_and_plain() {
        assert!(Project::is_slug("heron-mobile"));
        for text in ["", "Heron", "-heron", "heron-", "he_ron", "héron", &"h".repeat(41)] {
            assert!(!Project::is_slug(text), "{text:?} was taken");
        }
    }
}
