//! Making the SIMs that placeholders stand for (contracts/projects-api.md §2.18).

use perennial_domain::{CustomerId, Id, Metadata, ProjectId, Sim, SimId, SimStatus, SimType, TestSim};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::{test_activation_code, test_iccid};

/// Makes another SIM for whoever bought with a placeholder, in the transaction in which they get what they bought.
pub(crate) fn make(
    cx: &Cx,
    tx: &mut Tx<'_>,
    (project, owner): (ProjectId, CustomerId),
    provider: String,
    placeholder: TestSim,
) -> Result<SimId, StoreError> {
    let id: SimId = cx.id();
    let (seed, mut draw) = (id.uuid().as_u128(), 0);
    let mut iccid = test_iccid(seed, draw);
    while tx.sims(project).find_by_iccid(&iccid)?.is_some() {
        draw += 1;
        iccid = test_iccid(seed, draw);
    }
    let sim_type = placeholder.sim_type();
    let sim = Sim {
        id,
        project_id: project,
        customer_id: Some(owner),
        iccid,
        provider,
        sim_type,
        status: SimStatus::Inactive,
        activation_code: (sim_type == SimType::Esim).then(|| test_activation_code(seed)),
        metadata: Metadata::default(),
        created_at: cx.now(),
    };
    tx.sims(project).insert(&sim)?;
    record(cx, tx, project, Happening::SimCreated, id)?;
    Ok(id)
}
