//! Receivers of webhooks: who hears of what, how often it is tried, and when it is given up.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::text_enum::text_enum;
use crate::{
    AppId, BusinessToken, BusinessTokenId, CustomerId, DirectoryId, ProjectId, TokenGrant, WebhookEndpointId,
};

text_enum! {
    /// In whose words a receiver is told: those of one of the doors.
    pub enum WebhookFlavour {
        /// The Projects API's (contracts/projects-api.md §2.17).
        Projects = "projects",
        /// The Business API's (contracts/business-api.md §10).
        Business = "business",
    }
}

text_enum! {
    /// Why a receiver is told nothing for now.
    pub enum DisabledBecause {
        /// Somebody decided so.
        Operator = "operator",
        /// It answered that it is gone for good (410).
        Gone = "gone",
        /// It has failed for days.
        Failing = "failing",
    }
}

text_enum! {
    /// What became of a delivery.
    pub enum DeliveryState {
        /// It is to be sent, for the first time or again.
        Waiting = "waiting",
        /// The receiver has it.
        Delivered = "delivered",
        /// It was tried for days, and is not tried again unless somebody asks.
        Failed = "failed",
    }
}

const SECOND: i64 = 1;
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// The contract's seven pauses (§2.17), then the last of them again until three days are over.
const PROJECTS_PAUSES: &[i64] = &[
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    10 * HOUR,
    10 * HOUR,
    10 * HOUR,
    10 * HOUR,
    10 * HOUR,
    10 * HOUR,
];

/// The pauses of contracts/business-api.md §10.3, then the last of them again until three days are over.
const BUSINESS_PAUSES: &[i64] =
    &[10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR];

/// How much longer than planned a pause may be, so that what failed together does not come back together.
const JITTER: f64 = 0.1;

/// Who may hear what a receiver hears: whoever asked for it sees no more through it than by asking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookAudience {
    /// What concerns this customer alone; every customer where absent.
    pub customer: Option<CustomerId>,
    /// What concerns the businesses of this directory alone; every customer where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// What concerns this app alone, by its name in its door; every app where absent.
    pub app: Option<String>,
}

/// The token with which a receiver was asked for: it hears as long as one of those works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookAsker {
    /// The token.
    pub token_id: BusinessTokenId,
    /// The app whose own token it is, for nothing else: it fetches another one when that expires, every hour.
    pub app_id: Option<AppId>,
}

impl WebhookAsker {
    /// Whoever has this token.
    pub fn with(token: &BusinessToken) -> Self {
        let is_apps_own = token.grant == TokenGrant { app_id: token.grant.app_id, ..TokenGrant::default() };
        Self { token_id: token.id, app_id: token.grant.app_id.filter(|_| is_apps_own) }
    }
}

/// Somebody who wants to hear what happens.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEndpoint {
    /// Our id.
    pub id: WebhookEndpointId,
    /// In whose project.
    pub project_id: ProjectId,
    /// Where it listens.
    pub url: Url,
    /// In whose words it is told.
    pub flavour: WebhookFlavour,
    /// What it wants to hear: types as its flavour spells them (`subscription.created`, without the Projects API's
    /// `com.gigs.`), beginnings of types with a star behind (`subscription.*`), or `*` for everything.
    pub events: Vec<String>,
    /// Whom it may hear of.
    pub audience: WebhookAudience,
    /// What the operator notes of it.
    pub description: Option<String>,
    /// Since when, and why, nothing is sent to it. What happens meanwhile waits for it.
    pub disabled: Option<(Timestamp, DisabledBecause)>,
    /// Since when everything failed that was sent to it.
    pub failing_since: Option<Timestamp>,
    /// When it failed last.
    pub failed_at: Option<Timestamp>,
    /// How often in a row it failed.
    pub failures: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken away.
    pub deleted_at: Option<Timestamp>,
}

impl WebhookFlavour {
    /// How long to wait after so many failed attempts at one delivery; `None` when it is given up. `random`, from 0 to 1,
    /// makes the pause up to a tenth longer.
    pub fn pause_after(self, attempts: u32, random: f64) -> Option<SignedDuration> {
        let pauses = match self {
            Self::Projects => PROJECTS_PAUSES,
            Self::Business => BUSINESS_PAUSES,
        };
        let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
        let planned = SignedDuration::from_secs(*pauses.get(index)?);
        Some(planned.mul_f64(1.0 + JITTER * random.clamp(0.0, 1.0)))
    }
}

impl WebhookAudience {
    /// All that include what concerns these: with each of them alone, with several, and with none.
    pub fn all_including(
        customer: Option<CustomerId>,
        directory: Option<DirectoryId>,
        app: Option<&str>,
    ) -> Vec<Self> {
        let mut audiences = vec![Self::default()];
        if customer.is_some() {
            audiences.extend(audiences.clone().into_iter().map(|wider| Self { customer, ..wider }));
        }
        if directory.is_some() {
            audiences.extend(audiences.clone().into_iter().map(|wider| Self { directory, ..wider }));
        }
        if let Some(app) = app {
            let narrowed = |wider| Self { app: Some(app.to_owned()), ..wider };
            audiences.extend(audiences.clone().into_iter().map(narrowed));
        }
        audiences
    }

    /// Whether this may be heard: what concerns that customer, in that directory, and that app.
    pub fn includes(
        &self,
        customer: Option<CustomerId>,
        directory: Option<DirectoryId>,
        app: Option<&str>,
    ) -> bool {
        let customer_fits = self.customer.is_none() || self.customer == customer;
        let directory_fits = self.directory.is_none() || self.directory == directory;
        let app_fits = self.app.is_none() || self.app.as_deref() == app;
        customer_fits && directory_fits && app_fits
    }
}

impl WebhookEndpoint {
    /// How long everything may fail before nothing is sent any more (contracts/projects-api.md §2.17).
    pub const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

    /// How long ago a failure may be for the next one to go on with it. Longer than every pause between two tries: who was
    /// sent nothing for so long has not failed meanwhile.
    const MEMORY: SignedDuration = SignedDuration::from_hours(2 * 24);

    /// Nothing that was sent just now was taken.
    pub fn fail(&mut self, now: Timestamp) {
        if self.failed_at.is_none_or(|failed_at| failed_at + Self::MEMORY < now) {
            self.failing_since = None;
        }
        self.failing_since.get_or_insert(now);
        self.failed_at = Some(now);
        self.failures = self.failures.saturating_add(1);
    }

    /// It has taken something, or begins anew: whatever failed before counts no more.
    pub const fn recover(&mut self) {
        (self.failing_since, self.failed_at, self.failures) = (None, None, 0);
    }

    /// Whether it has failed for so long that nothing is sent to it any more.
    pub fn has_failed_for_days(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| since + Self::PATIENCE <= now)
    }

    /// Whether it wants to hear of this type.
    pub fn hears(&self, message_type: &str) -> bool {
        self.events.iter().any(|filter| passes_filter(filter, message_type))
    }

    /// Whether something is sent to it now.
    pub const fn is_enabled(&self) -> bool {
        self.disabled.is_none() && self.deleted_at.is_none()
    }
}

/// Whether a type is one of those that a filter names.
pub fn passes_filter(filter: &str, message_type: &str) -> bool {
    match filter.strip_suffix('*') {
        Some(beginning) => message_type.starts_with(beginning),
        None => filter == message_type,
    }
}

/// Whether a text can be a filter of events: a type, the beginning of types up to a dot or a slash with a star behind, or
/// a star alone.
pub fn is_event_filter(text: &str) -> bool {
    let is_word =
        |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/".contains(&byte));
    match text.strip_suffix('*') {
        Some(beginning) => {
            is_word(beginning)
                && (beginning.is_empty() || beginning.ends_with(['.', '/']))
                && text.len() <= 100
        }
        None => is_word(text) && (1..=100).contains(&text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    fn endpoint(events: &[&str]) -> WebhookEndpoint {
        WebhookEndpoint {
            id: WebhookEndpointId::from_uuid(Uuid::from_u128(1)),
            project_id: ProjectId::from_uuid(Uuid::from_u128(2)),
            url: "https://receiver.example/hooks".parse().unwrap(),
            flavour: WebhookFlavour::Projects,
            events: events.iter().map(|&filter| filter.to_owned()).collect(),
            audience: WebhookAudience::default(),
            description: None,
            disabled: None,
            failing_since: None,
            failed_at: None,
            failures: 0,
            created_at: Timestamp::UNIX_EPOCH,
            deleted_at: None,
        }
    }

    #[test]
    fn a_filter_names_a_type_a_family_or_everything() {
        let some = endpoint(&["subscription.*", "payment.failed"]);
        for heard in ["subscription.created", "payment.failed"] {
            assert!(some.hears(heard), "{heard}");
        }
        for unheard in ["subscriptionAddon.created", "payment.succeeded", "user.created"] {
            assert!(!some.hears(unheard), "{unheard}");
        }
        assert!(endpoint(&["*"]).hears("user.created"));
    }

    #[test]
    fn a_star_stands_at_the_end_of_a_family() {
        for filter in ["*", "subscription.*", "purchasable_subscription/*", "user.address.created"] {
            assert!(is_event_filter(filter), "{filter}");
        }
        for text in ["", "subscr*", "*.created", "subscription.**", "a b", &"x".repeat(101)] {
            assert!(!is_event_filter(text), "{text:?}");
        }
    }

    #[test]
    fn tries_go_on_for_three_days_and_then_end() {
        let pauses = |flavour: WebhookFlavour, random: f64| {
            (1..).map_while(|attempts| flavour.pause_after(attempts, random)).collect::<Vec<_>>()
        };
        for (flavour, first, second) in
            [(WebhookFlavour::Projects, 5, 300), (WebhookFlavour::Business, 10, 60)]
        {
            let planned = pauses(flavour, 0.0);
            assert_eq!(planned[..2], [first, second].map(SignedDuration::from_secs));
            let total = planned.iter().sum::<SignedDuration>();
            assert!((72..80).contains(&total.as_hours()), "{flavour}: {total}");
            // What failed together does not come back together.
            assert_eq!(pauses(flavour, 1.0)[0], SignedDuration::from_millis(first * 1100));
            // A receiver that fails is remembered to have failed until it is tried again.
            let longest = pauses(flavour, 1.0).into_iter().max().unwrap();
            assert!(longest < WebhookEndpoint::MEMORY, "{flavour}: {longest}");
        }
    }

    #[test]
    fn days_of_failure_count_while_it_goes_on_failing() {
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let mut failing = endpoint(&["*"]);
        for hours in [0, 24, 50, 74, 98] {
            failing.fail(at(hours));
        }
        assert!(failing.has_failed_for_days(at(120)) && !failing.has_failed_for_days(at(119)));
        // Nothing was sent for days, so nothing failed.
        failing.fail(at(98 + 49));
        assert_eq!((failing.has_failed_for_days(at(200)), failing.failures), (false, 6));
        failing.recover();
        assert_eq!((failing.failing_since, failing.failed_at, failing.failures), (None, None, 0));
    }

    #[test]
    fn an_audience_hears_of_its_own_only() {
        let [ada, bob] = [1, 2].map(|number| CustomerId::from_uuid(Uuid::from_u128(number)));
        let [north, south] = [3, 4].map(|number| DirectoryId::from_uuid(Uuid::from_u128(number)));
        let of_ada = WebhookAudience { customer: Some(ada), ..WebhookAudience::default() };
        assert!(of_ada.includes(Some(ada), Some(north), Some("crm")));
        assert!(!of_ada.includes(Some(bob), None, None) && !of_ada.includes(None, None, None));
        let including = WebhookAudience::all_including(Some(ada), Some(north), Some("crm"));
        assert!(including.iter().all(|audience| audience.includes(Some(ada), Some(north), Some("crm"))));
        assert!((1..including.len()).all(|index| !including[..index].contains(&including[index])));
        assert_eq!((including.len(), WebhookAudience::all_including(None, None, None).len()), (8, 1));
        let of_app = WebhookAudience { app: Some("crm".to_owned()), ..WebhookAudience::default() };
        assert!(of_app.includes(Some(bob), None, Some("crm")) && !of_app.includes(Some(bob), None, None));
        let of_north = WebhookAudience { directory: Some(north), ..WebhookAudience::default() };
        assert!(of_north.includes(Some(bob), Some(north), Some("crm")));
        assert!(
            !of_north.includes(Some(ada), Some(south), None) && !of_north.includes(Some(ada), None, None)
        );
    }
}
