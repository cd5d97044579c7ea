//! The customer's answers. Each is checked, kept, and can be given again.

use jiff::civil::Date;
use perennial_domain::{
    Address, AddressId, CheckoutStep, ConnectSession, ConnectSessionId, CountryCode, Customer, CustomerId,
    Device, Iccid, NumberChoice, Porting, PortingStatus, ProjectId, SimChoice, SimStatus, SimType,
};
use perennial_store::{StoreError, Tx};

use super::visit::CheckoutVisit;
use crate::context::Cx;
use crate::events::{Happening, record};

/// What is wrong with one field of an answer. Pages say it in their own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: MistakeKind,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// Nothing was given.
    Missing,
    /// What was given cannot be.
    Invalid,
    /// It belongs to someone else already.
    InUse,
}

/// Why an answer is not kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The customer has to mend something: all of it at once, in the order of the form.
    #[error("the answer has mistakes")]
    Mistakes(Vec<Mistake>),
    /// The visit is gone.
    #[error("the visit is over")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AnswerError {
    fn one(field: &'static str, kind: MistakeKind) -> Self {
        Self::Mistakes(vec![Mistake { field, kind }])
    }

    fn invalid(field: &'static str) -> Self {
        Self::one(field, MistakeKind::Invalid)
    }

    fn in_use(field: &'static str) -> Self {
        Self::one(field, MistakeKind::InUse)
    }
}

/// A postal address as it was typed.
#[derive(Clone, Debug, Default)]
pub struct AddressAnswer {
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    pub line2: String,
    /// City or town.
    pub city: String,
    /// State, province or county.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// The country's two letters.
    pub country: String,
}

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

/// Longest text that is kept of a name or an address line.
const MAX_TEXT: usize = 200;
/// Nobody is older.
const MAX_AGE_YEARS: i16 = 125;
/// Drafts that one customer may have (contracts/projects-api.md §2.19).
const MAX_DRAFT_PORTINGS: usize = 5;

/// Keeps the customer's name.
pub fn give_name(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    full_name: &str,
) -> Result<(), AnswerError> {
    keep_name(cx, tx, visit.visit.project.id, visit.customer.id, full_name)?;
    note(tx, visit, CheckoutStep::Name, |_| {})
}

/// Writes a customer's name, wherever it was given.
pub(super) fn keep_name(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    full_name: &str,
) -> Result<(), AnswerError> {
    let full_name = line(full_name).map_err(|kind| AnswerError::one("full_name", kind))?;
    change_customer(cx, tx, project, customer, |customer| customer.full_name = Some(full_name.clone()))
}

/// Keeps the customer's date of birth.
pub fn give_birthday(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    birthday: Option<Date>,
) -> Result<(), AnswerError> {
    let birthday = birthday.ok_or(AnswerError::invalid("birthday"))?;
    let today = cx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if birthday > today || birthday.year() < today.year() - MAX_AGE_YEARS {
        return Err(AnswerError::invalid("birthday"));
    }
    change_customer(cx, tx, visit.visit.project.id, visit.customer.id, |customer| {
        customer.birthday = Some(birthday);
    })?;
    note(tx, visit, CheckoutStep::Birthday, |_| {})
}

/// Keeps an address, or finds the same one again.
pub fn give_address(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    answer: &AddressAnswer,
) -> Result<(), AnswerError> {
    let id = keep_address(cx, tx, visit.visit.project.id, visit.customer.id, answer)?;
    note(tx, visit, CheckoutStep::Address, |session| session.progress.address_id = Some(id))
}

/// Writes an address of a customer, wherever it was given; the same one again is the one that is there.
pub(super) fn keep_address(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    answer: &AddressAnswer,
) -> Result<AddressId, AnswerError> {
    let address = read_address(cx, project, customer, answer)?;
    let known = tx.addresses(project).active_of(customer)?;
    if let Some(known) = known.into_iter().find(|known| known.fingerprint() == address.fingerprint()) {
        return Ok(known.id);
    }
    tx.addresses(project).insert(&address)?;
    record(cx, tx, project, Happening::AddressCreated, address.id)?;
    Ok(address.id)
}

/// Keeps the device by its IMEI.
pub fn give_device(cx: &Cx, tx: &mut Tx<'_>, visit: &CheckoutVisit, imei: &str) -> Result<(), AnswerError> {
    let (project, customer_id) = (visit.visit.project.id, visit.customer.id);
    let imei = Device::parse_imei(imei).ok_or(AnswerError::invalid("imei"))?;
    let id = match tx.devices(project).find_by_imei(&imei)? {
        Some(device) if device.customer_id == customer_id => device.id,
        Some(_) => return Err(AnswerError::in_use("imei")),
        None => {
            let device = Device {
                id: cx.id(),
                project_id: project,
                customer_id,
                imei: Some(imei),
                name: None,
                created_at: cx.now(),
            };
            tx.devices(project).insert(&device)?;
            device.id
        }
    };
    note(tx, visit, CheckoutStep::Device, |session| session.progress.device_id = Some(id))
}

/// Keeps which SIM it shall be.
pub fn choose_sim(
    _cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    answer: &SimAnswer,
) -> Result<(), AnswerError> {
    let choice = match answer {
        SimAnswer::New if visit.sim_types().contains(&SimType::Esim) => SimChoice::NewEsim,
        SimAnswer::Own(iccid) if visit.sim_types().contains(&SimType::Psim) => own_sim(tx, visit, iccid)?,
        _ => return Err(AnswerError::invalid("sim_choice")),
    };
    note(tx, visit, CheckoutStep::Sim, |session| session.progress.sim = Some(choice.clone()))
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

/// Keeps the language of the pages for this visit.
pub fn choose_language(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: ConnectSessionId,
    locale: &str,
) -> Result<(), AnswerError> {
    let mut session = tx.connect_sessions(project).lock(id)?.ok_or(AnswerError::Gone)?;
    session.progress.locale = Some(locale.to_owned());
    Ok(tx.connect_sessions(project).update(&session)?)
}

fn read_address(
    cx: &Cx,
    project_id: ProjectId,
    customer_id: CustomerId,
    answer: &AddressAnswer,
) -> Result<Address, AnswerError> {
    let mut mistakes = Vec::new();
    let country = CountryCode::parse(answer.country.trim()).map_err(|_| match answer.country.trim() {
        "" => MistakeKind::Missing,
        _ => MistakeKind::Invalid,
    });
    let country = noted(&mut mistakes, "country", country);
    let needs_state = country.is_some_and(CountryCode::needs_state);
    let needs_postal_code = country.is_some_and(CountryCode::uses_postal_code);
    let line1 = noted(&mut mistakes, "line1", line(&answer.line1));
    let line2 = noted(&mut mistakes, "line2", optional(&answer.line2));
    let postal_code = noted(&mut mistakes, "postal_code", needed_if(needs_postal_code, &answer.postal_code));
    let city = noted(&mut mistakes, "city", line(&answer.city));
    let state = noted(&mut mistakes, "state", needed_if(needs_state, &answer.state));
    let (Some(country), Some(line1), Some(line2), Some(postal_code), Some(city), Some(state)) =
        (country, line1, line2, postal_code, city, state)
    else {
        return Err(AnswerError::Mistakes(mistakes));
    };
    Ok(Address {
        id: cx.id(),
        project_id,
        customer_id,
        line1,
        line2,
        city,
        state,
        postal_code,
        country,
        created_at: cx.now(),
        removed_at: None,
    })
}

/// The value, or a note of what is wrong with it.
fn noted<T>(mistakes: &mut Vec<Mistake>, field: &'static str, read: Result<T, MistakeKind>) -> Option<T> {
    read.map_err(|kind| mistakes.push(Mistake { field, kind })).ok()
}

fn own_sim(tx: &mut Tx<'_>, visit: &CheckoutVisit, iccid: &str) -> Result<SimChoice, AnswerError> {
    let iccid = Iccid::parse(iccid).map_err(|_| AnswerError::invalid("iccid"))?;
    let provider = visit.placed.plan.0.plan_facts.as_ref().map(|facts| facts.provider.as_str());
    match tx.sims(visit.visit.project.id).find_by_iccid(&iccid)? {
        None => Ok(SimChoice::Own(iccid.as_str().to_owned())),
        Some(sim) if Some(sim.provider.as_str()) != provider || sim.status == SimStatus::Retired => {
            Err(AnswerError::invalid("iccid"))
        }
        Some(sim)
            if sim.status == SimStatus::Active
                || sim.customer_id.is_some_and(|owner| owner != visit.customer.id) =>
        {
            Err(AnswerError::in_use("iccid"))
        }
        Some(sim) => Ok(SimChoice::Known(sim.id)),
    }
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
        Porting::parse_phone_number(phone_number).ok_or(AnswerError::invalid("phone_number"))?;
    let account_number = optional(account_number.unwrap_or_default())
        .map_err(|kind| AnswerError::one("account_number", kind))?;
    let provider =
        visit.placed.plan.0.plan_facts.as_ref().map(|facts| facts.provider.clone()).unwrap_or_default();
    let drafts = tx.portings(project).drafts_of(customer_id)?;
    if let Some(mut draft) =
        drafts.iter().find(|draft| draft.phone_number == phone_number && draft.provider == provider).cloned()
    {
        draft.account_number = account_number;
        tx.portings(project).update(&draft)?;
        return Ok(NumberChoice::Keep(draft.id));
    }
    if drafts.len() >= MAX_DRAFT_PORTINGS {
        return Err(AnswerError::in_use("phone_number"));
    }
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

fn change_customer(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
    change: impl Fn(&mut Customer),
) -> Result<(), AnswerError> {
    let mut customer = tx.customers(project).lock(id)?.ok_or(AnswerError::Gone)?;
    change(&mut customer);
    tx.customers(project).update(&customer)?;
    Ok(record(cx, tx, project, Happening::UserUpdated, id)?)
}

/// Notes that a question was answered, so that one can come back to it.
fn note(
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    step: CheckoutStep,
    change: impl Fn(&mut ConnectSession),
) -> Result<(), AnswerError> {
    let project = visit.visit.project.id;
    let mut session = tx.connect_sessions(project).lock(visit.visit.session.id)?.ok_or(AnswerError::Gone)?;
    change(&mut session);
    if !session.progress.answered.contains(&step) {
        session.progress.answered.push(step);
    }
    Ok(tx.connect_sessions(project).update(&session)?)
}

/// A line of text that must be there.
fn line(text: &str) -> Result<String, MistakeKind> {
    optional(text)?.ok_or(MistakeKind::Missing)
}

fn needed_if(is_needed: bool, text: &str) -> Result<Option<String>, MistakeKind> {
    let text = optional(text)?;
    if is_needed && text.is_none() { Err(MistakeKind::Missing) } else { Ok(text) }
}

fn optional(text: &str) -> Result<Option<String>, MistakeKind> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(MistakeKind::Invalid);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
