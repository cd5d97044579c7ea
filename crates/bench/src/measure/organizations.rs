//! The second door, while few organizations have bought and when a hundred thousand have.

use std::ops::Range;

use super::{Bench, Scenario};
use crate::failure::Failure;
use crate::limits::postgres;
use crate::measure::Engine;
use crate::organizations::{Line, by_members, plans};
use crate::table::Row;

/// One that asks, and ten others.
const FEW: u64 = 11;
const MANY: u64 = 100_001;

impl Bench {
    pub(super) fn organizations(&self) -> Result<Vec<Row>, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let line = runtime.block_on(Line::find(self.installation.database_url()))?;
        let add = |numbers: Range<u64>| {
            runtime.block_on(line.sell_to(self.installation.database_url(), numbers))?;
            match self.engine {
                Engine::Sqlite => Ok(()),
                Engine::Postgres => postgres::analyze(self.installation.database_url()),
            }
        };
        let own_payments = |goal, name| Scenario {
            name,
            goal,
            requests: &|_| by_members("subscriptions/payments", 1),
            work: None,
        };
        add(0..FEW)?;
        let few = [own_payments("", "organizations: `GET payments`, 10 others")];
        let mut rows = few.iter().map(|scenario| self.row(scenario)).collect::<Result<Vec<_>, _>>()?;
        add(FEW..MANY)?;
        let many = [
            own_payments("as with 10", "the same, 100 000 others"),
            Scenario {
                name: "organizations: `GET subscriptions/my`, 100 000 of them",
                goal: "≥ 10 000 /s",
                requests: &|_| by_members("subscriptions/my", MANY),
                work: None,
            },
            Scenario {
                name: "organizations: `GET subscriptions`",
                goal: "≥ 40 000 /s",
                requests: &|_| Ok(plans()),
                work: None,
            },
        ];
        for scenario in &many {
            rows.push(self.row(scenario)?);
        }
        Ok(rows)
    }
}
