//! What the network has to know: the device, the SIM and the number.

use perennial_domain::{
    CheckoutStep, CustomerId, Device, DeviceId, Iccid, Metadata, NumberChoice, Porting, PortingStatus,
    ProjectId, SimChoice, SimType,
};
use perennial_store::{StoreError, Tx};

use super::{AnswerError, AnswerField, lock_customer, note};
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::fitness::{SimProblem, Subscriber};
use crate::visits::CheckoutVisit;

/// Which SIM, as it was chosen.
#[derive(Clone, Debug)]
pub enum SimAnswer {
    /// A fresh eSIM.
    New,
    /// One that the customer holds, by the number typed.
    Own(String),
}

/// Which number, as it was chosen.
#[derive(Clone, Debug)]
pub enum NumberAnswer {
    /// A fresh one.
    New,
    /// The old one.
    Keep {
        /// As typed.
        phone_number: String,
        /// The account at the other network, if given.
        account_number: Option<String>,
    },
}

/// Drafts that one customer may have (contracts/projects-api.md §2.19).
const MAX_DRAFT_PORTINGS: usize = 5;
/// Longer no network's account number is.
const MAX_ACCOUNT_NUMBER: usize = 200;

/// Keeps the device by its IMEI.
pub fn give_device(cx: &Cx, tx: &mut Tx<'_>, visit: &CheckoutVisit, imei: &str) -> Result<(), AnswerError> {
    let (project, customer) = (visit.visit.project.id, visit.customer.id);
    let imei = Device::parse_imei(imei).ok_or(AnswerError::invalid(AnswerField::Imei))?;
    // Locked, so that two tabs of the customer do not both add it.
    lock_customer(tx, project, customer)?;
    let id = match tx.devices(project).lock_by_imei(&imei)? {
        Some(device) => take_device(cx, tx, device, customer)?,
        None => add_device(cx, tx, project, customer, imei)?,
    };
    note(tx, visit, CheckoutStep::Device, |session| session.progress.device_id = Some(id))
}

/// A device that nobody has yet becomes the customer's.
fn take_device(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut device: Device,
    customer: CustomerId,
) -> Result<DeviceId, AnswerError> {
    match device.customer_id {
        Some(owner) if owner == customer => {}
        Some(_) => return Err(AnswerError::in_use(AnswerField::Imei)),
        None => {
            device.customer_id = Some(customer);
            tx.devices(device.project_id).update(&device)?;
            record(cx, tx, device.project_id, Happening::DeviceUpdated, device.id)?;
        }
    }
    Ok(device.id)
}

fn add_device(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    customer_id: CustomerId,
    imei: String,
) -> Result<DeviceId, AnswerError> {
    let device = Device {
        id: cx.id(),
        project_id,
        customer_id: Some(customer_id),
        imei: Some(imei),
        name: None,
        metadata: Metadata::default(),
        created_at: cx.now(),
        removed_at: None,
    };
    match tx.devices(project_id).insert(&device) {
        Ok(()) => {}
        // Another customer was quicker.
        Err(error) if error.is_conflict("devices_imei_key") => {
            return Err(AnswerError::in_use(AnswerField::Imei));
        }
        Err(error) => return Err(error.into()),
    }
    record(cx, tx, project_id, Happening::DeviceCreated, device.id)?;
    Ok(device.id)
}

/// Keeps which SIM it shall be.
pub fn choose_sim(
    _cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    answer: &SimAnswer,
) -> Result<(), AnswerError> {
    let choice = match answer {
        SimAnswer::New => SimChoice::NewEsim,
        SimAnswer::Own(iccid) => own_sim(tx, visit, iccid)?,
    };
    let subscriber = Subscriber {
        project: visit.visit.project.id,
        customer: visit.customer.id,
        facts: visit.placed.plan.0.plan_facts.as_ref(),
        replaces: None,
    };
    match subscriber.sim_problem(tx, &choice)? {
        None => note(tx, visit, CheckoutStep::Sim, |session| session.progress.sim = Some(choice.clone())),
        Some(problem) => Err(refused_sim(problem)),
    }
}

/// A SIM that we know goes by its id.
fn own_sim(tx: &mut Tx<'_>, visit: &CheckoutVisit, iccid: &str) -> Result<SimChoice, AnswerError> {
    if !visit.sim_types().contains(&SimType::Psim) {
        return Err(AnswerError::invalid(AnswerField::SimChoice));
    }
    let iccid = Iccid::parse(iccid).map_err(|_| AnswerError::invalid(AnswerField::Iccid))?;
    let known = tx.sims(visit.visit.project.id).find_by_iccid(&iccid)?;
    Ok(known.map_or_else(|| SimChoice::Own(iccid.as_str().to_owned()), |sim| SimChoice::Known(sim.id)))
}

fn refused_sim(problem: SimProblem) -> AnswerError {
    match problem {
        SimProblem::Unknown | SimProblem::Used => AnswerError::in_use(AnswerField::Iccid),
        SimProblem::OtherProvider | SimProblem::OtherType => AnswerError::invalid(AnswerField::Iccid),
        SimProblem::Needed | SimProblem::NotNeeded => AnswerError::invalid(AnswerField::SimChoice),
    }
}

/// Keeps which number it shall be. A number to bring along becomes a draft porting.
pub fn choose_number(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    answer: &NumberAnswer,
) -> Result<(), AnswerError> {
    let choice = match answer {
        NumberAnswer::New => NumberChoice::New,
        NumberAnswer::Keep { phone_number, account_number } => {
            keep_number(cx, tx, visit, phone_number, account_number.as_deref())?
        }
    };
    note(tx, visit, CheckoutStep::Number, |session| session.progress.number = Some(choice.clone()))
}

fn keep_number(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    phone_number: &str,
    account_number: Option<&str>,
) -> Result<NumberChoice, AnswerError> {
    let (project, customer_id) = (visit.visit.project.id, visit.customer.id);
    let phone_number =
        Porting::parse_phone_number(phone_number).ok_or(AnswerError::invalid(AnswerField::PhoneNumber))?;
    let account_number = read_account_number(account_number.unwrap_or_default())?;
    let provider =
        visit.placed.plan.0.plan_facts.as_ref().map(|facts| facts.provider.clone()).unwrap_or_default();
    lock_customer(tx, project, customer_id)?;
    let drafts = tx.portings(project).drafts_of(customer_id)?;
    let is_the_same = |draft: &&Porting| draft.phone_number == phone_number && draft.provider == provider;
    if let Some(mut draft) = drafts.iter().find(is_the_same).cloned() {
        if draft.account_number != account_number {
            draft.account_number = account_number;
            tx.portings(project).update(&draft)?;
            record(cx, tx, project, Happening::PortingUpdated, draft.id)?;
        }
        return Ok(NumberChoice::Keep(draft.id));
    }
    make_room(cx, tx, project, customer_id, &drafts)?;
    let porting = Porting {
        id: cx.id(),
        project_id: project,
        customer_id,
        subscription_id: None,
        phone_number,
        provider,
        account_number,
        status: PortingStatus::Draft,
        created_at: cx.now(),
    };
    tx.portings(project).insert(&porting)?;
    record(cx, tx, project, Happening::PortingCreated, porting.id)?;
    Ok(NumberChoice::Keep(porting.id))
}

/// The pages have no list of drafts to tidy up, so a new one takes the place of the oldest; of none that is being
/// paid for at this moment.
fn make_room(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    drafts: &[Porting],
) -> Result<(), StoreError> {
    if drafts.len() < MAX_DRAFT_PORTINGS {
        return Ok(());
    }
    let ordered = tx
        .checkouts(project)
        .lock_undecided_of(customer)?
        .and_then(|open| open.order.goods.subscription()?.porting_id);
    match drafts.iter().rev().find(|draft| Some(draft.id) != ordered) {
        Some(oldest) => {
            tx.portings(project).update(&Porting { status: PortingStatus::Canceled, ..oldest.clone() })?;
            record(cx, tx, project, Happening::PortingCanceled, oldest.id)
        }
        None => Ok(()),
    }
}

fn read_account_number(text: &str) -> Result<Option<String>, AnswerError> {
    let text = text.trim();
    if text.chars().count() > MAX_ACCOUNT_NUMBER || text.chars().any(char::is_control) {
        return Err(AnswerError::invalid(AnswerField::AccountNumber));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
