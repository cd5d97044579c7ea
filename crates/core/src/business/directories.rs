//! Partners' sets of businesses. The operator makes them, by command or by the catalogue file.

use perennial_domain::{Directory, DirectoryId, Project, ProjectId};
use perennial_store::{StoreError, Tx};

use super::businesses::SaveBusinessError;
use crate::context::Cx;
use crate::customers::check_full_name;

/// What is known of a directory.
#[derive(Clone, Debug)]
pub struct NewDirectory {
    /// What the API calls it; the next free number when absent.
    pub number: Option<u32>,
    /// What people call it.
    pub name: String,
}

/// Makes a directory.
pub fn create_directory(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewDirectory,
) -> Result<Directory, SaveBusinessError> {
    let number = match new.number {
        Some(number) => number,
        None => tx.directories(project_id).all()?.last().map_or(1, |last| last.number + 1),
    };
    let directory = Directory {
        id: cx.id::<DirectoryId>(),
        project_id,
        number,
        name: check_full_name(&new.name)?,
        created_at: cx.now(),
    };
    match tx.directories(project_id).insert(&directory) {
        Err(error) if error.is_conflict("directories_number_key") => {
            Err(SaveBusinessError::DirectoryExists(number))
        }
        inserted => Ok(inserted.map(|()| directory)?),
    }
}

/// The directories of the project, by number.
pub fn list_directories(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Directory>, StoreError> {
    tx.directories(project).all()
}

/// The directory that was named, or the first one; a project without any gets one of its own name.
pub(super) fn directory_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: &Project,
    number: Option<u32>,
) -> Result<Directory, SaveBusinessError> {
    if let Some(number) = number {
        let found = tx.directories(project.id).find_by_number(number)?;
        return found.ok_or(SaveBusinessError::UnknownDirectory(number));
    }
    match tx.directories(project.id).all()?.into_iter().next() {
        Some(first) => Ok(first),
        None => create_directory(
            cx,
            tx,
            project.id,
            &NewDirectory { number: Some(1), name: project.name.clone() },
        ),
    }
}
