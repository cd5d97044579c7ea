//! `perennial catalog plan FILE` and `apply FILE`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use perennial_core::catalog::{
    ApplyCatalogError, CatalogFile, Change, Mistakes, apply_catalog, parse_catalog, plan_catalog,
};
use perennial_core::context::{AccountError, App};

use crate::failure::{Explain, Failure};
use crate::{output, projects};

/// What to do with a catalogue file.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Shows what `apply` would change, and changes nothing
    Plan(CatalogArguments),
    /// Makes the catalogue what the file says, here and at Stripe
    Apply(CatalogArguments),
}

/// Which file, and whose catalogue.
#[derive(Debug, Args)]
pub(crate) struct CatalogArguments {
    /// The catalogue file
    file: PathBuf,
    /// The project; may be left out when there is only one
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
}

/// Plans or applies.
pub(crate) async fn run(app: &App, command: &CatalogCommand) -> Result<(), Failure> {
    match command {
        CatalogCommand::Plan(arguments) => plan(app, arguments).await,
        CatalogCommand::Apply(arguments) => apply(app, arguments).await,
    }
}

async fn plan(app: &App, arguments: &CatalogArguments) -> Result<(), Failure> {
    let file = read(&arguments.file)?;
    let project = projects::chosen(app, arguments.project.as_deref()).await?.id;
    let changes = app.read(move |cx, tx| plan_catalog(cx, tx, project, &file)).await?;
    print(&changes)
}

async fn apply(app: &App, arguments: &CatalogArguments) -> Result<(), Failure> {
    let file = read(&arguments.file)?;
    let project = projects::chosen(app, arguments.project.as_deref()).await?;
    let applied =
        apply_catalog(app, project.id, file).await.map_err(|error| explain(error, &project.slug))?;
    print(&applied.changes)?;
    if applied.told_stripe > 0 {
        output::say(format_args!("told Stripe of {} products and prices", applied.told_stripe));
    }
    Ok(())
}

fn print(changes: &[Change]) -> Result<(), Failure> {
    if changes.is_empty() {
        output::say("no changes");
    }
    changes.iter().try_for_each(output::data)
}

fn read(path: &Path) -> Result<CatalogFile, Failure> {
    let text = std::fs::read_to_string(path).or_fail(&format!("cannot read {}", path.display()))?;
    parse_catalog(&text).map_err(|mistakes| report(path, &mistakes))
}

/// Says every mistake in the form that editors can jump to.
fn report(path: &Path, mistakes: &Mistakes) -> Failure {
    for mistake in &mistakes.0 {
        let place = format_args!("{}:{}:{}", path.display(), mistake.line, mistake.column).to_string();
        output::say(format_args!("{place}: {}", mistake.message));
    }
    let count = mistakes.0.len();
    let plural = if count == 1 { "" } else { "s" };
    Failure::new(format!("{} has {count} mistake{plural}", path.display()))
}

fn explain(error: ApplyCatalogError, slug: &str) -> Failure {
    let hint = match &error {
        ApplyCatalogError::Account(AccountError::NotConnected) => {
            Some(format!("connect one with `project stripe {slug}`, and apply again"))
        }
        ApplyCatalogError::Payments { .. } => {
            Some("what is done already stays; apply again to go on from there".to_owned())
        }
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
