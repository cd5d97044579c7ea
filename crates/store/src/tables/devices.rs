//! Devices of customers.

use perennial_domain::{CustomerId, Device, DeviceId};

use super::Devices;
use super::table::Table;
use crate::{Columns, FromRow, StoreError, params};

const DEVICES: Table = Table::new("devices", "id, project_id, customer_id, imei, name, created_at");

impl Devices<'_> {
    /// Adds a device. A number that is known in the project answers a conflict of `devices_imei_key`.
    pub fn insert(&mut self, device: &Device) -> Result<(), StoreError> {
        let values = params![
            device.id,
            self.project,
            device.customer_id,
            device.imei,
            device.name,
            device.created_at,
        ];
        self.tx.execute(&DEVICES.insert(), values)?;
        Ok(())
    }

    /// The device with this id.
    pub fn find(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.tx.optional(&DEVICES.select("id = $2"), params![self.project, id])
    }

    /// The device with this number.
    pub fn find_by_imei(&mut self, imei: &str) -> Result<Option<Device>, StoreError> {
        self.tx.optional(&DEVICES.select("imei = $2"), params![self.project, imei])
    }

    /// The customer's devices, newest first.
    pub fn of_customer(&mut self, customer: CustomerId) -> Result<Vec<Device>, StoreError> {
        let sql = DEVICES.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }
}

impl FromRow for Device {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            imei: row.take()?,
            name: row.take()?,
            created_at: row.take()?,
        })
    }
}
