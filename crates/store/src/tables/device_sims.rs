//! Which SIM is in which device.

use jiff::Timestamp;
use perennial_domain::{DeviceId, Sim, SimId};

use super::DeviceSims;
use super::filter::Filter;
use super::sims::SIMS;
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

const DEVICE_SIMS: Table = Table::new("device_sims", "device_id, sim_id, linked_at");

/// A SIM, and the device that it is in.
pub(super) struct InsertedSim {
    pub(super) device_id: DeviceId,
    pub(super) sim: Sim,
}

impl DeviceSims<'_> {
    /// Puts a SIM into a device. One that is in another device answers a conflict of `device_sims_sim_key`.
    pub fn insert(&mut self, device: DeviceId, sim: SimId, now: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO device_sims (project_id, device_id, sim_id, linked_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (project_id, device_id, sim_id) DO UPDATE SET linked_at = $4, removed_at = NULL",
            params![self.project, device, sim, now],
        )?;
        Ok(())
    }

    /// Takes a SIM out of the device that it is in.
    pub fn remove(&mut self, device: DeviceId, sim: SimId, now: Timestamp) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE device_sims SET removed_at = $4 \
             WHERE project_id = $1 AND device_id = $2 AND sim_id = $3 AND removed_at IS NULL",
            params![self.project, device, sim, now],
        )?;
        expect_one(touched)
    }

    /// The device that this SIM is in.
    pub(super) fn device_of(&mut self, sim: SimId) -> Result<Option<DeviceId>, StoreError> {
        let sql =
            "SELECT device_id FROM device_sims WHERE project_id = $1 AND sim_id = $2 AND removed_at IS NULL";
        self.tx.optional(sql, params![self.project, sim])
    }

    /// The SIMs in these devices, in the order in which they were put in.
    pub(super) fn of_devices(&mut self, devices: &[DeviceId]) -> Result<Vec<InsertedSim>, StoreError> {
        if devices.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::of_project(&DEVICE_SIMS, &self.project)
            .one_of("device_id", devices)
            .where_null("removed_at");
        let sql = format!(
            "SELECT device_sims.device_id, {} FROM device_sims \
             JOIN sims ON sims.project_id = device_sims.project_id AND sims.id = device_sims.sim_id \
             WHERE {} ORDER BY device_sims.linked_at, device_sims.sim_id",
            SIMS.qualified(),
            filter.text()
        );
        self.tx.list(&sql, &filter.values_and(params![]))
    }
}

impl FromRow for InsertedSim {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { device_id: row.take()?, sim: Sim::from_row(row)? })
    }
}
