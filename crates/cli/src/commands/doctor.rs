//! `perennial doctor`: looks for what is wrong, and changes nothing.

use std::sync::Arc;

use clap::Args;
use perennial_core::context::{App, Settings};
use perennial_core::organizations::examine_prices;
use perennial_core::ports::{NoMailer, PaymentsError, RefusalKind};
use perennial_domain::Project;
use perennial_store::tables::StripeEventState;
use perennial_store::{JobState, StoreError};
use serde::Serialize;

use crate::application::{self, Surroundings};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// How it is shown.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: String,
    is_well: bool,
    detail: String,
}

impl Finding {
    fn well(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { what: what.into(), is_well: true, detail: detail.into() }
    }

    fn ill(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { what: what.into(), is_well: false, detail: detail.into() }
    }
}

impl Row for Finding {
    const HEADINGS: &'static [&'static str] = &["", "what", "detail"];

    fn cells(&self) -> Vec<String> {
        let verdict = if self.is_well { "ok" } else { "BAD" };
        vec![verdict.to_owned(), self.what.clone(), self.detail.clone()]
    }
}

/// Looks at the database, and then at each project.
pub(crate) async fn run(config: &Config, arguments: &DoctorArguments) -> Result<(), Failure> {
    let vault = application::vault(config)?;
    let store = application::open_store(&config.database.url()?).await?;
    application::check_schema(&store).await?;
    let app = application::assemble(
        store,
        vault,
        application::settings(config),
        Surroundings::of_server(Arc::new(NoMailer)),
    )?;
    let findings = examine(&app).await;
    app.store().clone().close().await;
    let findings = findings?;
    output::rows(&findings, arguments.json)?;
    match findings.iter().filter(|finding| !finding.is_well).count() {
        0 => Ok(()),
        1 => Err(Failure::new("one thing is wrong")),
        count => Err(Failure::new(format!("{count} things are wrong"))),
    }
}

async fn examine(app: &App) -> Result<Vec<Finding>, Failure> {
    let Settings { api_url, connect_url, .. } = app.settings();
    let mut findings = vec![
        Finding::well("database", "reachable, and up to date"),
        Finding::well("addresses", format!("APIs at {api_url}, pages at {connect_url}")),
    ];
    findings.push(given_up_tasks(app).await?);
    let projects = projects::all(app).await?;
    if projects.is_empty() {
        findings.push(Finding::ill("projects", "there is none yet: `project create` makes one"));
    }
    for project in projects {
        findings.push(stripe_account(app, &project).await);
        findings.push(webhook_secrets(app, &project).await?);
        findings.push(parked_events(app, &project).await?);
        findings.push(catalogue(app, &project).await?);
        findings.extend(stripe_prices(app, &project).await);
    }
    Ok(findings)
}

/// At the most so many things that wait for a person are counted.
const COUNTED: u32 = 1_000;

/// What was given up: refunds may be among it.
async fn given_up_tasks(app: &App) -> Result<Finding, Failure> {
    let failed = app.read(|_, tx| tx.jobs().list(JobState::Failed, COUNTED)).await?;
    Ok(match failed.len() {
        0 => Finding::well("tasks", "none was given up"),
        count => Finding::ill("tasks", format!("given up: {count}, see `job list --failed` and `job retry`")),
    })
}

async fn parked_events(app: &App, project: &Project) -> Result<Finding, Failure> {
    let what = format!("{}: Stripe events", project.slug);
    let id = project.id;
    let parked =
        app.read(move |_, tx| tx.stripe_events(id).list(&[StripeEventState::Parked], COUNTED)).await?;
    Ok(match parked.len() {
        0 => Finding::well(what, "none is parked"),
        count => {
            Finding::ill(what, format!("parked: {count}, see `event list --state parked` and `event retry`"))
        }
    })
}

/// Opens the sealed key with the master key, and asks Stripe something that changes nothing.
async fn stripe_account(app: &App, project: &Project) -> Finding {
    let what = format!("{}: Stripe account", project.slug);
    let payments = match app.payments(project.id).await {
        Ok(payments) => payments,
        Err(error) => return Finding::ill(what, error.to_string()),
    };
    match payments.finished_checkouts(app.now()).await {
        Ok(_) => Finding::well(what, "answers"),
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Credentials => {
            Finding::ill(what, "the secret key is not accepted: `project stripe` takes another")
        }
        Err(error) => Finding::ill(what, error.to_string()),
    }
}

async fn webhook_secrets(app: &App, project: &Project) -> Result<Finding, Failure> {
    let what = format!("{}: webhook secrets", project.slug);
    let id = project.id;
    let sealed = app.read(move |cx, tx| tx.stripe_accounts(id).active_webhook_secrets(cx.now())).await?;
    let opened = sealed.iter().try_for_each(|secret| app.vault().open(secret).map(drop));
    Ok(match (opened, sealed.len()) {
        (Err(error), _) => Finding::ill(what, error.to_string()),
        (Ok(()), 0) => Finding::ill(what, "there is none: `project webhook-secret` takes one"),
        (Ok(()), count) => Finding::well(what, format!("{count} in force")),
    })
}

async fn catalogue(app: &App, project: &Project) -> Result<Finding, Failure> {
    let what = format!("{}: catalogue", project.slug);
    let id = project.id;
    let (products, waiting) = app
        .read(move |_, tx| {
            let (products, prices) = (tx.products(id).all()?, tx.prices(id).all()?);
            let waiting = products.iter().filter(|product| product.stripe_pending).count()
                + prices.iter().filter(|price| price.stripe_pending).count();
            Ok::<_, StoreError>((products.len(), waiting))
        })
        .await?;
    Ok(match (products, waiting) {
        (0, _) => Finding::ill(what, "it is empty: `catalog apply` fills it"),
        (_, 0) => Finding::well(what, format!("{products} products, all known to Stripe where they need be")),
        (_, waiting) => {
            Finding::ill(what, format!("{waiting} rows are not finished at Stripe: `catalog apply` goes on"))
        }
    })
}

/// Asks Stripe whether it would charge what we show: one finding for each price that it would not, or one for all.
async fn stripe_prices(app: &App, project: &Project) -> Vec<Finding> {
    let what = format!("{}: prices at Stripe", project.slug);
    let examined = match examine_prices(app, project.id).await {
        Ok(examined) => examined,
        Err(error) => return vec![Finding::ill(what, error.to_string())],
    };
    let count = examined.len();
    let ill = examined.into_iter().filter_map(|(product, price, problem)| {
        let problem = problem?;
        let detail = format!("{}/{}: {} ({problem})", product.reference, price.reference, problem.code());
        Some(Finding::ill(what.clone(), detail))
    });
    let ill = ill.collect::<Vec<_>>();
    if ill.is_empty() { vec![Finding::well(what, format!("{count} agree"))] } else { ill }
}
