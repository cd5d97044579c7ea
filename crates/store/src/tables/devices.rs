//! Devices, with whose they are and the SIMs in them.

use std::sync::LazyLock;

use perennial_domain::{Customer, CustomerId, Device, DeviceId, Sim, SimId};

use super::customers::CUSTOMERS;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::table::{Joined, Table, expect_one};
use super::values::{Json, json};
use super::{DeviceSims, Devices};
use crate::{Columns, FromRow, StoreError, ToValue, params};

const DEVICES: Table =
    Table::new("devices", "id, project_id, customer_id, imei, name, metadata, created_at, removed_at");

/// Which devices are wanted, of those that are not removed; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// With this SIM in it.
    pub sim: Option<SimId>,
}

/// A device and what belongs to it.
#[derive(Clone, Debug)]
pub struct DeviceView {
    /// The device.
    pub device: Device,
    /// Whose it is.
    pub customer: Option<Customer>,
    /// The SIMs in it, in the order in which they were put in.
    pub sims: Vec<Sim>,
}

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [DEVICES.qualified(), CUSTOMERS.joined()];
    let joins = "LEFT JOIN customers ON customers.project_id = devices.project_id \
         AND customers.id = devices.customer_id";
    Joined { columns: columns.join(", "), joins }
});

impl Devices<'_> {
    /// Adds a device. A number that another has who is not removed answers a conflict of `devices_imei_key`.
    pub fn insert(&mut self, device: &Device) -> Result<(), StoreError> {
        let values = params![
            device.id,
            self.project,
            device.customer_id,
            device.imei,
            device.name,
            json(&device.metadata)?,
            device.created_at,
            device.removed_at,
        ];
        self.tx.execute(&DEVICES.insert(), values)?;
        Ok(())
    }

    /// Writes everything but the id and the time of creation. Conflict: `devices_imei_key`.
    pub fn update(&mut self, device: &Device) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE devices SET customer_id = $3, imei = $4, name = $5, metadata = $6, removed_at = $7 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                device.id,
                device.customer_id,
                device.imei,
                device.name,
                json(&device.metadata)?,
                device.removed_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The device with this id, removed or not.
    pub fn find(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.tx.optional(&DEVICES.select("id = $2"), params![self.project, id])
    }

    /// The device with this id that is not removed, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        let sql = DEVICES.select("id = $2 AND removed_at IS NULL FOR UPDATE");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// The device with this number that is not removed, which nobody else changes until the transaction ends.
    pub fn lock_by_imei(&mut self, imei: &str) -> Result<Option<Device>, StoreError> {
        let sql = DEVICES.select("imei = $2 AND removed_at IS NULL FOR UPDATE");
        self.tx.optional(&sql, params![self.project, imei])
    }

    /// The device with this id that is not removed, and what belongs to it.
    pub fn view(&mut self, id: DeviceId) -> Result<Option<DeviceView>, StoreError> {
        self.view_where("id = $2", &id)
    }

    /// The device with this number that is not removed, and what belongs to it.
    pub fn view_by_imei(&mut self, imei: &str) -> Result<Option<DeviceView>, StoreError> {
        self.view_where("imei = $2", &imei)
    }

    /// One page of the devices that match and are not removed, and what belongs to them.
    pub fn view_page(
        &mut self,
        filter: &DeviceFilter,
        request: PageRequest,
    ) -> Result<Slice<DeviceView>, PageError> {
        let with_sim = match filter.sim {
            // A SIM is in one device at the most.
            Some(sim) => match self.sims().device_of(sim)? {
                Some(device) => Some(device),
                None => return Ok(Slice::EMPTY),
            },
            None => None,
        };
        let conditions = Filter::of_project(&DEVICES, &self.project)
            .equals("id", with_sim.as_ref())
            .equals("customer_id", filter.customer.as_ref())
            .where_null("removed_at");
        let mut slice = page_joined(&mut self.tx, &VIEW, &conditions, request)?;
        self.fill(&mut slice.items)?;
        Ok(slice)
    }

    fn view_where(&mut self, condition: &str, value: &dyn ToValue) -> Result<Option<DeviceView>, StoreError> {
        let select = DEVICES.select_joined("devices", &VIEW);
        let sql = format!(
            "{select} WHERE devices.project_id = $1 AND devices.{condition} AND devices.removed_at IS NULL"
        );
        let mut found = self.tx.optional::<DeviceView>(&sql, params![self.project, value])?;
        self.fill(found.as_mut_slice())?;
        Ok(found)
    }

    /// Puts the SIMs into devices that were read without them.
    fn fill(&mut self, views: &mut [DeviceView]) -> Result<(), StoreError> {
        let ids = views.iter().map(|view| view.device.id).collect::<Vec<_>>();
        for inserted in self.sims().of_devices(&ids)? {
            if let Some(view) = views.iter_mut().find(|view| view.device.id == inserted.device_id) {
                view.sims.push(inserted.sim);
            }
        }
        Ok(())
    }

    fn sims(&mut self) -> DeviceSims<'_> {
        DeviceSims { tx: self.tx.reborrow(), project: self.project }
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
            metadata: row.take::<Json<_>>()?.0,
            created_at: row.take()?,
            removed_at: row.take()?,
        })
    }
}

impl FromRow for DeviceView {
    /// The SIMs come by a statement of their own.
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let device = Device::from_row(row)?;
        Ok(Self { device, customer: CUSTOMERS.take_joined(row)?, sims: Vec::new() })
    }
}
