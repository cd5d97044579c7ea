//! Directories: partners' sets of businesses.

use perennial_domain::{Directory, DirectoryId};

use super::Directories;
use super::table::Table;
use crate::{Columns, FromRow, StoreError, params};

const DIRECTORIES: Table = Table::new("directories", "id, project_id, number, name, created_at");

impl Directories<'_> {
    /// Adds a directory. Conflicts: `directories_number_key`.
    pub fn insert(&mut self, directory: &Directory) -> Result<(), StoreError> {
        let Directory { id, number, name, created_at, .. } = directory;
        self.tx.execute(&DIRECTORIES.insert(), params![id, self.project, number, name, created_at])?;
        Ok(())
    }

    /// The directory with this id.
    pub fn find(&mut self, id: DirectoryId) -> Result<Option<Directory>, StoreError> {
        self.tx.optional(&DIRECTORIES.select("id = $2"), params![self.project, id])
    }

    /// The directory that the API calls so.
    pub fn find_by_number(&mut self, number: u32) -> Result<Option<Directory>, StoreError> {
        self.tx.optional(&DIRECTORIES.select("number = $2"), params![self.project, number])
    }

    /// The ids of so many, by number.
    pub fn first_ids(&mut self, limit: usize) -> Result<Vec<DirectoryId>, StoreError> {
        let sql = format!("SELECT id FROM directories WHERE project_id = $1 ORDER BY number LIMIT {limit}");
        self.tx.list(&sql, params![self.project])
    }

    /// All of the project, by number.
    pub fn all(&mut self) -> Result<Vec<Directory>, StoreError> {
        let sql = format!("{} WHERE project_id = $1 ORDER BY number", DIRECTORIES.select_all());
        self.tx.list(&sql, params![self.project])
    }
}

impl FromRow for Directory {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            number: row.take()?,
            name: row.take()?,
            created_at: row.take()?,
        })
    }
}
