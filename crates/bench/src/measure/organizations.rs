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

const FEW_OTHERS: &str = "organizations: `GET payments`, 10 others";
const MANY_OTHERS: &str = "organizations: `GET payments`, 100 000 others";
const MY: &str = "organizations: `GET subscriptions/my`, 100 000 of them";
const PLANS: &str = "organizations: `GET subscriptions`";

impl Bench {
    pub(super) fn organizations(&self) -> Result<Vec<Row>, Failure> {
        if ![FEW_OTHERS, MANY_OTHERS, MY, PLANS].iter().any(|name| self.effort.includes(name)) {
            return Ok(Vec::new());
        }
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
        let mut rows = self.rows(&[own_payments("", FEW_OTHERS)])?;
        add(FEW..MANY)?;
        let many = [
            own_payments("as with 10", MANY_OTHERS),
            Scenario {
                name: MY,
                goal: "≥ 10 000 /s",
                requests: &|_| by_members("subscriptions/my", MANY),
                work: None,
            },
            Scenario { name: PLANS, goal: "≥ 40 000 /s", requests: &|_| Ok(plans()), work: None },
        ];
        rows.extend(self.rows(&many)?);
        Ok(rows)
    }
}
