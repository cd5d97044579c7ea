//! Devices that an app records: whose they are, and which SIMs are in them.
//!
//! A customer adds theirs on the pages as well (`visits/answers/network.rs`). What is removed is kept, as orders name it.

use perennial_domain::{
    CustomerId, CustomerStatus, Device, DeviceId, Metadata, MetadataError, MetadataPatch, ProjectId, SimId,
};
use perennial_store::tables::{DeviceFilter, DeviceView, PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};

use crate::change::Change;
use crate::context::Cx;
use crate::events::{Happening, record};

/// More SIMs than any device takes.
const MAX_SIMS: usize = 10;
const MAX_NAME_CHARACTERS: usize = 200;

/// A device as an app describes it.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// As it was typed or pasted.
    pub imei: String,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// What is in it.
    pub sims: Vec<SimId>,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The operator's strings.
    pub metadata: MetadataPatch,
}

/// A change to a device. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct DevicePatch {
    /// Another number.
    pub imei: Option<String>,
    /// Another owner, or none.
    pub customer: Change<Option<CustomerId>>,
    /// All the SIMs that shall be in it.
    pub sims: Option<Vec<SimId>>,
    /// Another name, or none.
    pub name: Change<Option<String>>,
    /// A change to the operator's strings.
    pub metadata: MetadataPatch,
}

/// Why a device is not recorded or changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveDeviceError {
    /// No such device, or it is removed.
    #[error("there is no device {0}")]
    Unknown(DeviceId),
    /// The number is none.
    #[error("an IMEI has fifteen digits, of which the last one checks the others")]
    Imei,
    /// Another device has the number.
    #[error("another device has this IMEI")]
    ImeiTaken,
    /// The name is blank, too long, or of more than one line.
    #[error("a device's name has 1 to {MAX_NAME_CHARACTERS} characters")]
    Name,
    /// No such customer, or they are deleted.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// No such SIM.
    #[error("there is no SIM {0}")]
    UnknownSim(SimId),
    /// The SIM is another customer's than the device.
    #[error("SIM {0} is another customer's")]
    ForeignSim(SimId),
    /// A SIM is in another device.
    #[error("a SIM is in another device already")]
    SimUsed,
    /// The same SIM is named twice, or there are too many.
    #[error("a device holds up to {MAX_SIMS} SIMs, each once")]
    Sims,
    /// The operator's strings are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SaveDeviceError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict("devices_imei_key") {
            Self::ImeiTaken
        } else if error.is_conflict("device_sims_sim_key") {
            Self::SimUsed
        } else {
            Self::Store(error)
        }
    }
}

/// The device with this id, and what belongs to it.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: DeviceId) -> Result<Option<DeviceView>, StoreError> {
    tx.devices(project).view(id)
}

/// The device with this number, of fifteen digits, and what belongs to it.
pub fn find_by_imei(
    tx: &mut Tx<'_>,
    project: ProjectId,
    imei: &str,
) -> Result<Option<DeviceView>, StoreError> {
    tx.devices(project).view_by_imei(imei)
}

/// A page of the devices that match, and what belongs to them.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &DeviceFilter,
    request: PageRequest,
) -> Result<Slice<DeviceView>, PageError> {
    tx.devices(project).view_page(filter, request)
}

/// Records a device.
pub fn create(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewDevice,
) -> Result<DeviceView, SaveDeviceError> {
    let device = Device {
        id: cx.id(),
        project_id,
        customer_id: new.customer,
        imei: Some(Device::parse_imei(&new.imei).ok_or(SaveDeviceError::Imei)?),
        name: new.name.as_deref().map(read_name).transpose()?,
        metadata: Metadata::default().merge(&new.metadata)?,
        created_at: cx.now(),
        removed_at: None,
    };
    check_owner(tx, &device)?;
    check_sims(tx, &device, &new.sims)?;
    tx.devices(project_id).insert(&device)?;
    put_in(cx, tx, &device, &new.sims)?;
    record(cx, tx, project_id, Happening::DeviceCreated, device.id)?;
    find(tx, project_id, device.id)?.ok_or(SaveDeviceError::Unknown(device.id))
}

/// Changes a device.
pub fn update(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: DeviceId,
    patch: &DevicePatch,
) -> Result<DeviceView, SaveDeviceError> {
    let unknown = SaveDeviceError::Unknown(id);
    let Some(mut device) = tx.devices(project).lock(id)? else { return Err(unknown) };
    let Some(before) = find(tx, project, id)? else { return Err(unknown) };
    if let Some(imei) = &patch.imei {
        device.imei = Some(Device::parse_imei(imei).ok_or(SaveDeviceError::Imei)?);
    }
    if let Change::To(name) = &patch.name {
        device.name = name.as_deref().map(read_name).transpose()?;
    }
    if let Change::To(customer) = patch.customer {
        device.customer_id = customer;
        check_owner(tx, &device)?;
    }
    device.metadata = device.metadata.merge(&patch.metadata)?;
    let present = before.sims.iter().map(|sim| sim.id).collect::<Vec<_>>();
    let wanted = patch.sims.clone().unwrap_or_else(|| present.clone());
    check_sims(tx, &device, &wanted)?;
    tx.devices(project).update(&device)?;
    let without = |sims: &[SimId], others: &[SimId]| {
        sims.iter().filter(|sim| !others.contains(sim)).copied().collect::<Vec<_>>()
    };
    take_out(cx, tx, &device, &without(&present, &wanted))?;
    put_in(cx, tx, &device, &without(&wanted, &present))?;
    record(cx, tx, project, Happening::DeviceUpdated, id)?;
    find(tx, project, id)?.ok_or(unknown)
}

/// Removes a device and frees its SIMs, and answers it as it was. One that is removed already is not there.
pub fn remove(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: DeviceId,
) -> Result<Option<DeviceView>, StoreError> {
    let Some(mut device) = tx.devices(project).lock(id)? else { return Ok(None) };
    let Some(view) = find(tx, project, id)? else { return Ok(None) };
    let sims = view.sims.iter().map(|sim| sim.id).collect::<Vec<_>>();
    take_out(cx, tx, &device, &sims)?;
    device.removed_at = Some(cx.now());
    tx.devices(project).update(&device)?;
    record(cx, tx, project, Happening::DeviceDeleted, id)?;
    Ok(Some(view))
}

fn put_in(cx: &Cx, tx: &mut Tx<'_>, device: &Device, sims: &[SimId]) -> Result<(), StoreError> {
    let mut links = tx.device_sims(device.project_id);
    sims.iter().try_for_each(|sim| links.insert(device.id, *sim, cx.now()))
}

fn take_out(cx: &Cx, tx: &mut Tx<'_>, device: &Device, sims: &[SimId]) -> Result<(), StoreError> {
    let mut links = tx.device_sims(device.project_id);
    sims.iter().try_for_each(|sim| links.remove(device.id, *sim, cx.now()))
}

fn read_name(name: &str) -> Result<String, SaveDeviceError> {
    let name = name.trim();
    let is_line = (1..=MAX_NAME_CHARACTERS).contains(&name.chars().count());
    if is_line && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(SaveDeviceError::Name)
    }
}

fn check_owner(tx: &mut Tx<'_>, device: &Device) -> Result<(), SaveDeviceError> {
    let Some(id) = device.customer_id else { return Ok(()) };
    let customer = tx.customers(device.project_id).find(id)?;
    let exists = customer.is_some_and(|customer| customer.status != CustomerStatus::Deleted);
    if exists { Ok(()) } else { Err(SaveDeviceError::UnknownCustomer(id)) }
}

/// A SIM that nobody has used yet may be in anybody's device.
fn check_sims(tx: &mut Tx<'_>, device: &Device, sims: &[SimId]) -> Result<(), SaveDeviceError> {
    let is_repeated = sims.iter().enumerate().any(|(position, sim)| sims[..position].contains(sim));
    if is_repeated || sims.len() > MAX_SIMS {
        return Err(SaveDeviceError::Sims);
    }
    for id in sims {
        let sim = tx.sims(device.project_id).find(*id)?.ok_or(SaveDeviceError::UnknownSim(*id))?;
        let owners = sim.customer_id.zip(device.customer_id);
        if owners.is_some_and(|(of_sim, of_device)| of_sim != of_device) {
            return Err(SaveDeviceError::ForeignSim(*id));
        }
    }
    Ok(())
}
