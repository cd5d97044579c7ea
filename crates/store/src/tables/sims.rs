//! SIMs.

use perennial_domain::{CustomerId, Iccid, Sim, SimId, SimStatus, SimType};

use super::Sims;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const SIMS: Table = Table::new(
    "sims",
    "id, project_id, customer_id, iccid, provider, sim_type, status, activation_code, metadata, created_at",
);

/// Which SIMs are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct SimFilter {
    /// Of this network.
    pub provider: Option<String>,
    /// In one of these states; all when empty.
    pub statuses: Vec<SimStatus>,
    /// Embedded or on plastic.
    pub sim_type: Option<SimType>,
    /// Used by this customer.
    pub customer: Option<CustomerId>,
}

impl Sims<'_> {
    /// Adds a SIM. A number that is known in the project answers a conflict of `sims_iccid_key`.
    pub fn insert(&mut self, sim: &Sim) -> Result<(), StoreError> {
        let metadata = json(&sim.metadata)?;
        let values = params![
            sim.id,
            self.project,
            sim.customer_id,
            sim.iccid,
            sim.provider,
            sim.sim_type,
            sim.status,
            sim.activation_code,
            metadata,
            sim.created_at,
        ];
        self.tx.execute(&SIMS.insert(), values)?;
        Ok(())
    }

    /// Writes who uses it, its status, its activation code and its metadata.
    pub fn update(&mut self, sim: &Sim) -> Result<(), StoreError> {
        let metadata = json(&sim.metadata)?;
        let touched = self.tx.execute(
            "UPDATE sims SET customer_id = $3, status = $4, activation_code = $5, metadata = $6 \
             WHERE project_id = $1 AND id = $2",
            params![self.project, sim.id, sim.customer_id, sim.status, sim.activation_code, metadata],
        )?;
        expect_one(touched)
    }

    /// The SIM with this id.
    pub fn find(&mut self, id: SimId) -> Result<Option<Sim>, StoreError> {
        self.tx.optional(&SIMS.select("id = $2"), params![self.project, id])
    }

    /// The SIM with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: SimId) -> Result<Option<Sim>, StoreError> {
        self.tx.optional(&SIMS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The SIM with this printed number.
    pub fn find_by_iccid(&mut self, iccid: &Iccid) -> Result<Option<Sim>, StoreError> {
        self.tx.optional(&SIMS.select("iccid = $2"), params![self.project, iccid])
    }

    /// One page of the SIMs that match.
    pub fn page(&mut self, filter: &SimFilter, request: PageRequest) -> Result<Slice<Sim>, PageError> {
        let filter = Filter::of_project(&SIMS, &self.project)
            .equals("customer_id", filter.customer.as_ref())
            .equals("provider", filter.provider.as_ref())
            .equals("sim_type", filter.sim_type.as_ref())
            .one_of("status", &filter.statuses);
        page(&mut self.tx, &filter, request)
    }
}

impl FromRow for Sim {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            iccid: row.take()?,
            provider: row.take()?,
            sim_type: row.take()?,
            status: row.take()?,
            activation_code: row.take()?,
            metadata: row.take::<Json<_>>()?.0,
            created_at: row.take()?,
        })
    }
}
