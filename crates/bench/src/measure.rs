//! What is measured, and in which order.

mod businesses;
mod organizations;

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::failure::{Failure, failure};
use crate::installation::{Installation, Server};
use crate::limits::work::Work;
use crate::limits::{postgres, route, sqlite};
use crate::load::{self, Measured, Requests};
use crate::requests::{Script, webhooks};
use crate::seed::{self, Seeded};
use crate::table::{Rates, Row};

/// How long a server is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(2);
/// More than any server takes in before the measurement ends.
const WEBHOOKS: usize = 120_000;

/// How thoroughly to measure.
#[derive(Clone)]
pub(crate) struct Effort {
    /// How often each figure is taken; the median counts.
    pub(crate) rounds: usize,
    /// How long each time.
    pub(crate) duration: Duration,
    /// What the name of a rate has to contain; nothing for all of them.
    pub(crate) row: String,
}

impl Effort {
    fn includes(&self, name: &str) -> bool {
        name.contains(&self.row)
    }
}

/// A database to measure on.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Measures everything on one database. Without a URL that is a SQLite file.
pub(crate) fn all(
    program: &Path,
    engine: Engine,
    url: Option<String>,
    effort: &Effort,
) -> Result<Vec<Row>, Failure> {
    let installation = Installation::set_up(program, url)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seeded = Arc::new(runtime.block_on(seed::seed(installation.database_url()))?);
    if engine == Engine::Postgres {
        postgres::analyze(installation.database_url())?;
    }
    let mut rows = at_rest(&installation, engine, effort)?;
    let server = installation.serve(false)?;
    let bench = Bench { server, installation, engine, seeded, effort: effort.clone() };
    rows.extend(bench.rates()?);
    rows.extend(bench.organizations()?);
    rows.extend(bench.businesses()?);
    rows.push(Row {
        name: format!("memory after all that, {}", engine.name()),
        figure: mebibytes(bench.server.resident_bytes()?),
        goal: "",
        rates: None,
    });
    Ok(rows)
}

/// Start and memory of a server with its worker, on the filled database.
fn at_rest(installation: &Installation, engine: Engine, effort: &Effort) -> Result<Vec<Row>, Failure> {
    let (mut starts, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        let server = installation.serve(true)?;
        starts.push(server.ready_after());
        thread::sleep(IDLE);
        sizes.push(server.resident_bytes()?);
    }
    let name = engine.name();
    let ready_ms = median(starts)?.as_secs_f64() * 1e3;
    Ok(vec![
        Row {
            name: format!("ready, {name}"),
            figure: format!("{ready_ms:.0} ms"),
            goal: "< 150 ms",
            rates: None,
        },
        Row {
            name: format!("idle memory, {name}"),
            figure: mebibytes(median(sizes)?),
            goal: "< 40 MB",
            rates: None,
        },
    ])
}

/// One kind of request.
struct Scenario<'s> {
    name: &'static str,
    goal: &'static str,
    /// Those of one round.
    requests: &'s dyn Fn(usize) -> Result<Requests, Failure>,
    work: Option<Work>,
}

/// A server that is asked, and what it stands on.
struct Bench {
    server: Server,
    installation: Installation,
    engine: Engine,
    seeded: Arc<Seeded>,
    effort: Effort,
}

impl Bench {
    fn rates(&self) -> Result<Vec<Row>, Failure> {
        let script = Script { api_key: self.installation.api_key(), seeded: &self.seeded };
        let goals = match self.engine {
            Engine::Sqlite => ["≥ 12 000 /s", "≥ 12 000 /s", "≥ 15 000 /s, p99 < 15 ms"],
            Engine::Postgres => ["≥ 10 000 /s", "≥ 4 000 /s", "≥ 6 000 /s, p99 < 15 ms"],
        };
        let scenarios = [
            Scenario {
                name: "`GET plans`",
                goal: "≥ 40 000 /s",
                requests: &|_| Ok(script.plans()),
                work: None,
            },
            Scenario {
                name: "`GET subscriptions?user=`",
                goal: goals[0],
                requests: &|_| Ok(script.subscriptions_of_users()),
                work: Some(Work::SubscriptionsOfUser),
            },
            Scenario {
                name: "`GET subscriptions`, first page",
                goal: "",
                requests: &|_| Ok(script.first_page()),
                work: None,
            },
            Scenario {
                name: "the same, 1 000 pages deep",
                goal: "as the first page",
                requests: &|_| Ok(script.deep_page()),
                work: None,
            },
            Scenario {
                name: "`POST connectSessions`",
                goal: goals[1],
                requests: &|_| Ok(script.connect_sessions()),
                work: Some(Work::ConnectSession),
            },
            Scenario {
                name: "webhook intake",
                goal: goals[2],
                requests: &|round| webhooks(round, WEBHOOKS),
                work: Some(Work::Webhook),
            },
        ];
        self.rows(&scenarios)
    }

    /// The rows of those scenarios that are wanted.
    fn rows(&self, scenarios: &[Scenario<'_>]) -> Result<Vec<Row>, Failure> {
        let wanted = scenarios.iter().filter(|scenario| self.effort.includes(scenario.name));
        wanted.map(|scenario| self.row(scenario)).collect()
    }

    fn row(&self, scenario: &Scenario<'_>) -> Result<Row, Failure> {
        let name = format!("{}, {}", scenario.name, self.engine.name());
        let rates = self.rates_of(scenario).map_err(|error| failure(format!("{name}: {error}")))?;
        let row = Row::of_rates(name, scenario.goal, rates);
        eprintln!("{row}");
        Ok(row)
    }

    /// The figure and its limits, one right after the other in each round: what disturbs one disturbs the others.
    fn rates_of(&self, scenario: &Scenario<'_>) -> Result<Rates, Failure> {
        let (mut figures, mut routes, mut drivers) = (Vec::new(), Vec::new(), Vec::new());
        let mut costs = Vec::new();
        for round in 0..self.effort.rounds {
            let requests = (scenario.requests)(round)?;
            let sample = requests.texts.first().ok_or_else(|| failure("there is nothing to ask"))?;
            let answer = load::ask_once(self.server.address(), sample)?;
            let busy_before = self.server.busy()?;
            let figure = load::run(self.server.address(), requests.clone(), self.effort.duration)?;
            costs.push(self.server.busy()?.saturating_sub(busy_before) / figure.answered);
            figures.push(figure);
            let route = route::start(answer.len())?;
            let forever = Requests { again: true, ..requests };
            routes.push(load::run(route.address(), forever, self.effort.duration)?.per_second);
            if let Some(work) = scenario.work {
                drivers.push(self.bare_driver(work)?);
            }
        }
        let bare_driver = if drivers.is_empty() { None } else { Some(median_rate(drivers)?) };
        Ok(Rates {
            measured: median_of(figures)?,
            busy: median(costs)?,
            bare_route: median_rate(routes)?,
            bare_driver,
        })
    }

    fn bare_driver(&self, work: Work) -> Result<f64, Failure> {
        let (url, duration) = (self.installation.database_url(), self.effort.duration);
        match self.engine {
            Engine::Sqlite => sqlite::per_second(url, work, &self.seeded, duration),
            Engine::Postgres => postgres::per_second(url, work, &self.seeded, duration),
        }
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1024 * 1024))
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> Result<T, Failure> {
    values.sort_unstable();
    values.get(values.len() / 2).copied().ok_or_else(|| failure("nothing was measured"))
}

fn median_rate(mut rates: Vec<f64>) -> Result<f64, Failure> {
    rates.sort_unstable_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().ok_or_else(|| failure("nothing was measured"))
}

/// The round in the middle, by its rate.
fn median_of(mut rounds: Vec<Measured>) -> Result<Measured, Failure> {
    rounds.sort_unstable_by(|first, second| first.per_second.total_cmp(&second.per_second));
    rounds.get(rounds.len() / 2).copied().ok_or_else(|| failure("nothing was measured"))
}
