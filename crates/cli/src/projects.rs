//! Finding the project that a command is about.

use perennial_core::context::App;
use perennial_domain::Project;
use perennial_store::StoreError;

use crate::failure::Failure;

/// The project of this slug.
pub(crate) async fn named(app: &App, slug: &str) -> Result<Project, Failure> {
    let wanted = slug.to_owned();
    let found = app.read(move |_, tx| tx.projects().find_by_slug(&wanted)).await?;
    found.ok_or_else(|| Failure::new(format!("there is no project {slug}")).hint("`project list` shows them"))
}

/// The project of this slug; without one, the only project there is.
pub(crate) async fn chosen(app: &App, slug: Option<&str>) -> Result<Project, Failure> {
    if let Some(slug) = slug {
        return named(app, slug).await;
    }
    let mut projects = all(app).await?;
    match (projects.pop(), projects.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            Err(Failure::misuse("there is more than one project").hint("name one with --project SLUG"))
        }
        (None, _) => Err(Failure::new("there is no project yet").hint("make one with `project create`")),
    }
}

/// Every project.
pub(crate) async fn all(app: &App) -> Result<Vec<Project>, StoreError> {
    app.read(|_, tx| tx.projects().list()).await
}
