//! Faults on demand, for tests of what calls the sandbox: slow and refused requests, lost answers, and webhooks that do
//! not arrive, arrive twice or in another order. They are kept in memory and end with the process.

mod remote;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use remote::{RemoteError, RemoteFaults};

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestFault {
    /// It is answered as usual, only late.
    Delay,
    /// It is refused with 429 and nothing is done.
    TooManyRequests,
    /// It is refused with 500 and nothing is done.
    ServerError,
    /// It is done, and the connection breaks before the answer is complete.
    LoseAnswer,
}

/// What goes wrong with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookFault {
    /// It is never sent.
    Drop,
    /// It is sent twice.
    Repeat,
    /// It is sent after the others that are due with it, the newest first.
    Reorder,
}

/// A fault of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRule {
    /// The call as the API's reference writes it, such as `POST /v1/subscriptions/{id}`; `*` for every call.
    pub call: String,
    /// What goes wrong.
    pub fault: RequestFault,
    /// How many milliseconds the answer is late.
    #[serde(default)]
    pub delay_ms: u64,
    /// How many requests are left to go wrong; all of them without a number.
    #[serde(default)]
    pub times: Option<u32>,
}

/// A fault of webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookRule {
    /// The type of the events, such as `invoice.paid`; `invoice.*` for a family, `*` for all.
    pub event: String,
    /// What goes wrong.
    pub fault: WebhookFault,
    /// How many deliveries are left to go wrong; all of them without a number.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The faults to come. Of several rules that fit, the first one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// Faults of requests.
    #[serde(default)]
    pub requests: Vec<RequestRule>,
    /// Faults of webhooks.
    #[serde(default)]
    pub webhooks: Vec<WebhookRule>,
}

/// The plan in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Mutex<FaultPlan>,
}

impl Faults {
    pub(crate) fn set(&self, plan: FaultPlan) {
        *self.lock() = plan;
    }

    pub(crate) fn plan(&self) -> FaultPlan {
        self.lock().clone()
    }

    /// What goes wrong with the next request of a call, and how late its answer is. Counts it.
    pub(crate) fn next_for_call(&self, call: &str) -> Option<(RequestFault, Duration)> {
        let mut plan = self.lock();
        let rule = plan.requests.iter_mut().find(|rule| fits(&rule.call, call) && rule.times != Some(0))?;
        count(&mut rule.times);
        Some((rule.fault, Duration::from_millis(rule.delay_ms)))
    }

    /// What goes wrong with the next delivery of a type of event. Counts it.
    pub(crate) fn next_for_event(&self, event_type: &str) -> Option<WebhookFault> {
        let mut plan = self.lock();
        let rule =
            plan.webhooks.iter_mut().find(|rule| fits(&rule.event, event_type) && rule.times != Some(0))?;
        count(&mut rule.times);
        Some(rule.fault)
    }

    fn lock(&self) -> MutexGuard<'_, FaultPlan> {
        // A plan is replaced or counted in one step, so a panic elsewhere cannot have left half of one.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

fn count(times: &mut Option<u32>) {
    if let Some(left) = times {
        *left = left.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_used_up_and_the_next_one_counts() {
        let rule = |event: &str, fault, times| WebhookRule { event: event.to_owned(), fault, times };
        let faults = Faults::default();
        faults.set(FaultPlan {
            webhooks: vec![
                rule("invoice.paid", WebhookFault::Drop, Some(1)),
                rule("invoice.*", WebhookFault::Repeat, None),
            ],
            ..FaultPlan::default()
        });
        assert_eq!(faults.next_for_event("invoice.paid"), Some(WebhookFault::Drop));
        assert_eq!(faults.next_for_event("invoice.paid"), Some(WebhookFault::Repeat));
        assert_eq!(faults.next_for_event("charge.succeeded"), None);
    }
}
