//! Projects: the one table that all others belong to.

use perennial_domain::{Project, ProjectId, SubscriptionId};

use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, Tx, params};

const PROJECTS: Table = Table::new("projects", "id, slug, name, locales, carrier, settings, created_at");

/// All projects.
pub struct Projects<'t> {
    tx: Tx<'t>,
}

impl Tx<'_> {
    /// All projects.
    pub fn projects(&mut self) -> Projects<'_> {
        Projects { tx: self.reborrow() }
    }
}

impl Projects<'_> {
    /// Adds a project. A slug that is taken answers [`StoreError::Conflict`] of `projects_slug_key`.
    pub fn insert(&mut self, project: &Project) -> Result<(), StoreError> {
        let (locales, settings) = (json(&project.locales)?, json(&project.settings)?);
        let values = params![
            project.id,
            project.slug,
            project.name,
            locales,
            project.carrier,
            settings,
            project.created_at,
        ];
        self.tx.execute(&PROJECTS.insert(), values)?;
        Ok(())
    }

    /// The project with this id.
    pub fn find(&mut self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        self.tx.optional(&format!("{} WHERE id = $1", PROJECTS.select_all()), params![id])
    }

    /// The project with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        self.tx.optional(&format!("{} WHERE id = $1 FOR UPDATE", PROJECTS.select_all()), params![id])
    }

    /// The project that the API's paths call so.
    pub fn find_by_slug(&mut self, slug: &str) -> Result<Option<Project>, StoreError> {
        self.tx.optional(&format!("{} WHERE slug = $1", PROJECTS.select_all()), params![slug])
    }

    /// Every project that has a business of this uid.
    pub fn with_business(&mut self, uid: &str) -> Result<Vec<Project>, StoreError> {
        let sql = format!(
            "{} WHERE EXISTS (SELECT 1 FROM customers \
             JOIN businesses ON businesses.project_id = customers.project_id \
                 AND businesses.customer_id = customers.id \
             WHERE customers.project_id = projects.id AND customers.external_id = $1) ORDER BY slug",
            PROJECTS.select_all()
        );
        self.tx.list(&sql, params![uid])
    }

    /// The project that has the subscription with this id.
    pub fn with_subscription(&mut self, id: SubscriptionId) -> Result<Option<Project>, StoreError> {
        let sql = format!(
            "{} WHERE EXISTS (SELECT 1 FROM subscriptions \
             WHERE subscriptions.project_id = projects.id AND subscriptions.id = $1) ORDER BY slug LIMIT 1",
            PROJECTS.select_all()
        );
        self.tx.optional(&sql, params![id])
    }

    /// Every project, in the order of their slugs.
    pub fn list(&mut self) -> Result<Vec<Project>, StoreError> {
        self.tx.list(&format!("{} ORDER BY slug", PROJECTS.select_all()), params![])
    }

    /// Writes everything but the id and the time of creation.
    pub fn update(&mut self, project: &Project) -> Result<(), StoreError> {
        let (locales, settings) = (json(&project.locales)?, json(&project.settings)?);
        let touched = self.tx.execute(
            "UPDATE projects SET slug = $2, name = $3, locales = $4, carrier = $5, settings = $6 WHERE id = $1",
            params![project.id, project.slug, project.name, locales, project.carrier, settings],
        )?;
        expect_one(touched)
    }
}

impl FromRow for Project {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            slug: row.take()?,
            name: row.take()?,
            locales: row.take::<Json<_>>()?.0,
            carrier: row.take()?,
            settings: row.take::<Json<_>>()?.0,
            created_at: row.take()?,
        })
    }
}
