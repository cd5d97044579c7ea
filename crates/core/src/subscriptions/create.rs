//! `create_subscription`: what an app's server orders for its user (contracts/projects-api.md §2.5), free or paid by the
//! card that Stripe keeps.

mod sim;

use perennial_domain::{
    AddressId, Customer, CustomerId, CustomerStatus, Device, DeviceId, DeviceModel, DeviceModelId, Goods,
    Metadata, MetadataError, MetadataPatch, Need, Order, PlanFacts, PortingId, ProductId, ProjectId,
    SimChoice, SimType, SubscriptionOrder, VerifiableNeed,
};
use perennial_store::{StoreError, Tx};

pub use self::sim::SimRequest;
use crate::checkout::{
    ChargeCheckout, ChargedCheckout, OrderError, OrderRequest, StartCheckoutError, charge_checkout,
    charged_before, place_order,
};
use crate::context::{App, Cx};
use crate::fitness::{PortingProblem, SimProblem, Subscriber};
use crate::idempotency::RequestKey;

/// A subscription that an app orders for its user.
#[derive(Clone, Debug)]
pub struct NewSubscriptionRequest {
    /// Whose catalogue.
    pub project: ProjectId,
    /// Who pays.
    pub customer: CustomerId,
    /// Which plan.
    pub plan: ProductId,
    /// With which SIM.
    pub sim: SimRequest,
    /// In which device.
    pub device: Option<DeviceId>,
    /// In a device of which only the model is known.
    pub device_model: Option<DeviceModelId>,
    /// Where it is used or billed; the customer's own address unless given.
    pub address: Option<AddressId>,
    /// The number to bring along.
    pub porting: Option<PortingId>,
    /// The operator's strings.
    pub metadata: MetadataPatch,
    /// What tells this request from others, so that it can be made again after a lost answer.
    pub request: Option<RequestKey>,
}

/// Something that a plan needs to be known before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The customer's name.
    FullName,
    /// Their date of birth.
    Birthday,
    /// An address.
    Address,
    /// A device.
    Device,
}

/// Why a model of devices cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceModelProblem {
    /// There is none with this id.
    Unknown,
    /// The device that was named as well is of another model.
    OtherDevice,
    /// It does not take the SIM.
    OtherSim,
}

/// Why there is no subscription. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum CreateSubscriptionError {
    /// There is no such customer in the project, or they were blocked or deleted.
    #[error("the customer {0} cannot subscribe")]
    UnknownCustomer(CustomerId),
    /// The plan cannot be bought.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The plan needs to know more.
    #[error("the plan needs {0:?}")]
    Unmet(Vec<Requirement>),
    /// There is no such address of this customer's.
    #[error("the customer has no address {0}")]
    UnknownAddress(AddressId),
    /// There is no such device of this customer's.
    #[error("the customer has no device {0}")]
    UnknownDevice(DeviceId),
    /// The model of the device cannot be used.
    #[error("the device model cannot be used: {0:?}")]
    DeviceModel(DeviceModelProblem),
    /// The SIM cannot be used.
    #[error("the SIM cannot be used: {0:?}")]
    Sim(SimProblem),
    /// The number cannot be brought along.
    #[error("the number cannot be brought along: {0:?}")]
    Porting(PortingProblem),
    /// The operator's strings are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// There is no checkout.
    #[error(transparent)]
    Start(StartCheckoutError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<StartCheckoutError> for CreateSubscriptionError {
    fn from(error: StartCheckoutError) -> Self {
        match error {
            StartCheckoutError::Sim(problem) => Self::Sim(problem),
            StartCheckoutError::Porting(problem) => Self::Porting(problem),
            error => Self::Start(error),
        }
    }
}

/// Orders a subscription and pays for it, if it costs something, with the customer's saved card. The same request made
/// again answers what became of the first.
pub async fn create_subscription(
    app: &App,
    request: NewSubscriptionRequest,
) -> Result<ChargedCheckout, CreateSubscriptionError> {
    let (project, customer) = (request.project, request.customer);
    let key = request.request;
    if let Some(charged) = charged_before(app, project, key).await? {
        return Ok(charged);
    }
    let order = app.read(move |cx, tx| order_of(cx, tx, &request)).await?;
    let command = ChargeCheckout { project, customer, connect_session: None, order, request: key };
    Ok(charge_checkout(app, command).await?)
}

fn order_of(
    cx: &Cx,
    tx: &mut Tx<'_>,
    request: &NewSubscriptionRequest,
) -> Result<Order, CreateSubscriptionError> {
    let project = request.project;
    let customer = tx.customers(project).find(request.customer)?;
    let customer = customer
        .filter(|customer| customer.status == CustomerStatus::Active)
        .ok_or(CreateSubscriptionError::UnknownCustomer(request.customer))?;
    let wanted = OrderRequest { plan: request.plan, addons: Vec::new(), voucher: None };
    let placed = place_order(tx, project, &wanted)?;
    let facts = placed.plan.0.plan_facts.as_ref();
    let address_id = address_of(tx, request)?;
    let device = device_of(tx, request)?;
    let unmet = facts.map(|facts| unmet(facts, &customer, address_id, request)).unwrap_or_default();
    if !unmet.is_empty() {
        return Err(CreateSubscriptionError::Unmet(unmet));
    }
    let subscriber = Subscriber { project, customer: customer.id, facts, replaces: None };
    let porting = request.porting.map(|id| subscriber.porting_problem(tx, id)).transpose()?;
    if let Some(problem) = porting.flatten() {
        return Err(CreateSubscriptionError::Porting(problem));
    }
    let sim = sim::choose(cx, tx, &subscriber, request.sim)?;
    check_model(tx, request, device.as_ref(), &sim)?;
    let goods = SubscriptionOrder {
        sim,
        porting_id: request.porting,
        address_id,
        device_id: request.device,
        device_model_id: request.device_model,
        metadata: Metadata::default().merge(&request.metadata)?,
        ..SubscriptionOrder::of(placed.lines().0)
    };
    Ok(Order { goods: Goods::Subscription(goods), voucher: None, due_now: placed.due_now })
}

/// The address that was named, or the customer's newest one.
fn address_of(
    tx: &mut Tx<'_>,
    request: &NewSubscriptionRequest,
) -> Result<Option<AddressId>, CreateSubscriptionError> {
    let Some(id) = request.address else {
        let known = tx.addresses(request.project).active_of(request.customer)?;
        return Ok(known.first().map(|address| address.id));
    };
    let known = crate::addresses::find(tx, request.project, request.customer, id)?;
    known.map(|address| Some(address.id)).ok_or(CreateSubscriptionError::UnknownAddress(id))
}

fn device_of(
    tx: &mut Tx<'_>,
    request: &NewSubscriptionRequest,
) -> Result<Option<Device>, CreateSubscriptionError> {
    let Some(id) = request.device else { return Ok(None) };
    let device = tx.devices(request.project).find(id)?;
    let usable = device.filter(|device| device.may_serve(|owner| owner == request.customer));
    usable.map(Some).ok_or(CreateSubscriptionError::UnknownDevice(id))
}

/// A model says which SIMs its devices take.
fn check_model(
    tx: &mut Tx<'_>,
    request: &NewSubscriptionRequest,
    device: Option<&Device>,
    sim: &SimChoice,
) -> Result<(), CreateSubscriptionError> {
    let Some(id) = request.device_model else { return Ok(()) };
    let refused = |problem| Err(CreateSubscriptionError::DeviceModel(problem));
    let Some(model) = DeviceModel::find(id) else { return refused(DeviceModelProblem::Unknown) };
    let of_device = device.and_then(|device| DeviceModel::of_imei(device.imei.as_deref()?));
    if of_device.is_some_and(|other| other.id() != id) {
        return refused(DeviceModelProblem::OtherDevice);
    }
    let sim_type = match sim {
        SimChoice::NewEsim => Some(SimType::Esim),
        SimChoice::Known(id) => tx.sims(request.project).find(*id)?.map(|sim| sim.sim_type),
        SimChoice::Test(sim) => Some(sim.sim_type()),
        SimChoice::NotNeeded | SimChoice::Own(_) => None,
    };
    if sim_type.is_some_and(|sim_type| !model.takes_any(&[sim_type])) {
        return refused(DeviceModelProblem::OtherSim);
    }
    Ok(())
}

/// Everything that is missing, so that it can be given at once.
fn unmet(
    facts: &PlanFacts,
    customer: &Customer,
    address: Option<AddressId>,
    request: &NewSubscriptionRequest,
) -> Vec<Requirement> {
    let needs = &facts.requirements;
    let has_device = request.device.is_some() || request.device_model.is_some();
    let missing = [
        (Requirement::FullName, needs.full_name != VerifiableNeed::None && customer.full_name.is_none()),
        (Requirement::Birthday, needs.birthday != VerifiableNeed::None && customer.birthday.is_none()),
        (Requirement::Address, needs.address != VerifiableNeed::None && address.is_none()),
        (Requirement::Device, needs.device != Need::None && !has_device),
    ];
    missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(requirement, _)| requirement).collect()
}
