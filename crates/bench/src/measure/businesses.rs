//! The third door's lists at a million subscriptions: of one business, and filtered, at the beginning and deep down.

use std::time::Instant;

use super::{Bench, Scenario};
use crate::businesses::fill;
use crate::failure::Failure;
use crate::limits::postgres;
use crate::measure::Engine;
use crate::table::Row;

const OF_ONE: &str = "businesses: `GET subscriptions` of one, by its uid";
const FIRST: &str = "businesses: the same by SKU and state, first page of 25";
const ANY: &str = "businesses: any page of that list";

impl Bench {
    pub(super) fn businesses(&self) -> Result<Vec<Row>, Failure> {
        if ![OF_ONE, FIRST, ANY].iter().any(|name| self.effort.includes(name)) {
            return Ok(Vec::new());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let begun = Instant::now();
        let partner = runtime.block_on(fill(self.installation.database_url()))?;
        let filled = Row {
            name: format!("a million subscriptions of businesses added, {}", self.engine.name()),
            figure: format!("{} s", begun.elapsed().as_secs()),
            goal: match self.engine {
                Engine::Sqlite => "< 60 s",
                Engine::Postgres => "",
            },
            rates: None,
        };
        if self.engine == Engine::Postgres {
            postgres::analyze(self.installation.database_url())?;
        }
        let scenarios = [
            Scenario {
                name: OF_ONE,
                goal: "≥ 8 000 /s",
                requests: &|_| Ok(partner.of_businesses()),
                work: None,
            },
            Scenario { name: FIRST, goal: "≥ 8 000 /s", requests: &|_| Ok(partner.newest()), work: None },
            Scenario {
                name: ANY,
                goal: "as the first page",
                requests: &|_| Ok(partner.anywhere()),
                work: None,
            },
        ];
        let mut rows = vec![filled];
        rows.extend(self.rows(&scenarios)?);
        Ok(rows)
    }
}
