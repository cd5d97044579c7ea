//! How many receivers are sent to at once, and whose.
//!
//! A receiver that hangs holds its slot for as long as it is waited for. Those that failed last have slots of their own, so
//! that however many of them hang, the others never wait for one; and no project gets more than its share of either kind.

use std::collections::HashMap;
use std::future::Future;

use perennial_core::webhooks_out::{Claimable, EndpointClaim};
use tokio::task::{self, JoinSet};

/// So many receivers are claimed at once.
const CLAIMED_AT_ONCE: usize = 100;

/// The slots for one kind of receivers.
#[derive(Debug)]
pub(crate) struct Slots {
    /// Whether they are for those that failed last.
    failing: bool,
    in_all: usize,
    running: JoinSet<()>,
    claims: HashMap<task::Id, EndpointClaim>,
}

impl Slots {
    /// So many, for receivers of one kind.
    pub(crate) fn new(failing: bool, in_all: usize) -> Self {
        Self { failing, in_all, running: JoinSet::new(), claims: HashMap::new() }
    }

    /// Which receivers may be claimed next; `None` while no slot is free. Claiming goes on until fewer come than were wanted.
    pub(crate) fn wanted(&self) -> Option<Claimable> {
        let free = self.in_all.saturating_sub(self.running.len()).min(CLAIMED_AT_ONCE);
        let limit = u32::try_from(free).ok().filter(|limit| *limit > 0)?;
        let mut taken = HashMap::<_, usize>::new();
        for claim in self.claims.values() {
            *taken.entry(claim.project_id).or_default() += 1;
        }
        // Half of the slots are one project's share.
        let has_its_share = |(project, taken)| (taken >= self.in_all / 2).then_some(project);
        let except = taken.into_iter().filter_map(has_its_share).collect();
        Some(Claimable { limit, failing: Some(self.failing), except })
    }

    /// Takes a slot for a claim.
    pub(crate) fn take(&mut self, claim: EndpointClaim, serving: impl Future<Output = ()> + Send + 'static) {
        let id = self.running.spawn(serving).id();
        self.claims.insert(id, claim);
    }

    /// Waits until a slot becomes free; `None` if none is taken.
    pub(crate) async fn freed(&mut self) -> Option<()> {
        let id = match self.running.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.claims.remove(&id);
        Some(())
    }
}
