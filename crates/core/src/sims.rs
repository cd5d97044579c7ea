//! SIMs: looking at them, and keeping an operator's strings on them.

use perennial_domain::{Iccid, MetadataError, MetadataPatch, ProjectId, Sim, SimId};
use perennial_store::tables::{PageError, PageRequest, SimFilter, Slice};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};

/// Why a SIM is not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateSimError {
    /// No such SIM.
    #[error("there is no SIM {0}")]
    Unknown(SimId),
    /// The operator's strings are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The SIM with this id.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: SimId) -> Result<Option<Sim>, StoreError> {
    tx.sims(project).find(id)
}

/// The SIM with this printed number.
pub fn find_by_iccid(tx: &mut Tx<'_>, project: ProjectId, iccid: &Iccid) -> Result<Option<Sim>, StoreError> {
    tx.sims(project).find_by_iccid(iccid)
}

/// A page of the SIMs that match.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &SimFilter,
    request: PageRequest,
) -> Result<Slice<Sim>, PageError> {
    tx.sims(project).page(filter, request)
}

/// Changes the operator's strings.
pub fn update(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SimId,
    metadata: &MetadataPatch,
) -> Result<Sim, UpdateSimError> {
    let mut sim = tx.sims(project).lock(id)?.ok_or(UpdateSimError::Unknown(id))?;
    sim.metadata = sim.metadata.merge(metadata)?;
    tx.sims(project).update(&sim)?;
    record(cx, tx, project, Happening::SimUpdated, id)?;
    Ok(sim)
}
