//! Entering a code: the browser that has the right one has the visit.

use perennial_domain::{
    CodeStanding, ConnectSession, Customer, CustomerStatus, Email, Intent, Member, MemberId, MetadataPatch,
    ProjectId,
};
use perennial_store::{StoreError, Tx};

use super::begin::LoginVisit;
use super::digits::is_code;
use super::is_open;
use crate::connect_sessions::{IntentError, Owner, check_intent};
use crate::context::{App, Cx};
use crate::customers::{self, NewCustomer, SaveCustomerError};
use crate::events::{Happening, record};
use crate::secrets::hash;
use crate::visits::{BrowserKey, apply_presets, keep_named_sim};

/// What came of it.
#[derive(Debug)]
pub enum Proved {
    /// It is not the code.
    Wrong,
    /// The code does not count any more: too old, used, or entered wrongly too often.
    Stale,
    /// The address is proved, and there is nothing for it here: nobody's who may act, or somebody else's visit. The two are
    /// not told apart.
    NoAccount,
    /// The visit is this browser's.
    Entered {
        /// The visit.
        session: Box<ConnectSession>,
        /// Who came, where the visit is a business's: one of its staff.
        member: Option<MemberId>,
    },
}

/// Why it is not known.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// A customer cannot be made of the address.
    #[error("no customer can be made of the address")]
    Customer(#[source] SaveCustomerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks a code, with spaces and dashes as people paste them, and lets the browser in.
pub async fn prove(
    app: &App,
    login: &LoginVisit,
    key: &BrowserKey,
    entered: &str,
) -> Result<Proved, ProveError> {
    let digits = entered.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let digits = digits.collect::<String>();
    // What could be no code is a slip of the hand and costs no try.
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Proved::Wrong);
    }
    let (owned, browser_hash, project) = (app.clone(), hash(&key.0), login.visit.project.id);
    let (visit, lifetime) = (login.clone(), app.settings().browser_lifetime);
    let proved = app.write(move |cx, tx| {
        let proved = match spend(&owned, cx, tx, &visit, &digits)? {
            Spent::Right(email) => let_in(cx, tx, &visit, &email)?,
            Spent::Not(proved) => proved,
        };
        if let Proved::Entered { session, .. } = &proved {
            let until = cx.now() + lifetime;
            tx.connect_sessions(project).admit(session.id, &browser_hash, cx.now(), until)?;
        }
        Ok::<_, ProveError>(proved)
    });
    let proved = proved.await?;
    if let Proved::Entered { session, .. } = &proved {
        apply_presets(app, session).await;
    }
    Ok(proved)
}

/// Gives the visit to the owner of an address, if there is anything for them here.
fn let_in(cx: &Cx, tx: &mut Tx<'_>, visit: &LoginVisit, email: &Email) -> Result<Proved, ProveError> {
    let (project, id) = (visit.visit.project.id, visit.visit.session.id);
    let session = tx.connect_sessions(project).lock(id)?.filter(|session| is_open(session, cx.now()));
    let Some(mut session) = session else { return Ok(Proved::Stale) };
    let member = staff_with(tx, &session, email)?;
    let customer = match &member {
        Some(_) => business_of(tx, &session)?,
        None => customer_for(cx, tx, visit, &session, email)?,
    };
    let Some(customer) = customer else { return Ok(Proved::NoAccount) };
    if session.customer_id.replace(customer.id).is_none() {
        tx.connect_sessions(project).update(&session)?;
        record(cx, tx, project, Happening::ConnectSessionUpdated, id)?;
    }
    keep_named_sim(tx, &mut session)?;
    let member = member.map(|member| member.id);
    Ok(Proved::Entered { session: Box::new(session), member })
}

enum Spent {
    Right(Email),
    Not(Proved),
}

/// Uses the code up, or one of its tries.
fn spend(app: &App, cx: &Cx, tx: &mut Tx<'_>, visit: &LoginVisit, digits: &str) -> Result<Spent, StoreError> {
    let project = visit.visit.project.id;
    // The lock lets two tries that come at once count as two.
    let Some(login) = tx.logins(project).lock(visit.login.id)? else { return Ok(Spent::Not(Proved::Stale)) };
    let Some(mut code) = tx.logins(project).newest_code(login.id)? else {
        return Ok(Spent::Not(Proved::Stale));
    };
    if code.standing(cx.now()) != CodeStanding::Open {
        return Ok(Spent::Not(Proved::Stale));
    }
    let is_right = is_code(app.vault(), tx, &code, digits)?;
    if is_right {
        code.used_at = Some(cx.now());
    } else {
        code.tries += 1;
    }
    tx.logins(project).update_code(&code)?;
    Ok(match code.standing(cx.now()) {
        _ if is_right => Spent::Right(code.email),
        CodeStanding::Open => Spent::Not(Proved::Wrong),
        CodeStanding::Expired | CodeStanding::TooManyTries => Spent::Not(Proved::Stale),
    })
}

/// Whose address it is, if they may have the visit. Who comes to buy becomes a customer by it
/// (contracts/projects-api.md §5, rows 23 and 24).
fn customer_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &LoginVisit,
    session: &ConnectSession,
    email: &Email,
) -> Result<Option<Customer>, ProveError> {
    let project = visit.visit.project.id;
    let known = tx.customers(project).find_by_email(&email.key())?;
    let is_somebody_elses =
        session.customer_id.is_some() && session.customer_id != known.as_ref().map(|it| it.id);
    let may_act = known.as_ref().is_none_or(|customer| customer.status == CustomerStatus::Active);
    if is_somebody_elses || !may_act || !may_have(tx, project, known.as_ref(), &session.intent)? {
        return Ok(None);
    }
    let customer = match known {
        Some(customer) => customer,
        None if matches!(session.intent, Intent::CheckoutNewSubscription(_)) => {
            newcomer(cx, tx, visit, email)?
        }
        None => return Ok(None),
    };
    verify(cx, tx, customer).map(Some)
}

/// Who has this address on the staff of the business that the visit is for. A business has no address of its own.
fn staff_with(
    tx: &mut Tx<'_>,
    session: &ConnectSession,
    email: &Email,
) -> Result<Option<Member>, StoreError> {
    let Some(business) = session.customer_id else { return Ok(None) };
    if tx.businesses(session.project_id).find(business)?.is_none() {
        return Ok(None);
    }
    let member = tx.members(session.project_id).find_by_email(&email.key())?;
    Ok(member.filter(|member| member.is_active && member.customer_id == Some(business)))
}

/// The business that the visit is for, if it may act.
fn business_of(tx: &mut Tx<'_>, session: &ConnectSession) -> Result<Option<Customer>, StoreError> {
    let Some(business) = session.customer_id else { return Ok(None) };
    let known = tx.customers(session.project_id).find(business)?;
    Ok(known.filter(|customer| customer.status == CustomerStatus::Active))
}

/// Whether all that the intent names may be theirs.
fn may_have(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: Option<&Customer>,
    intent: &Intent,
) -> Result<bool, StoreError> {
    let owner = customer.map_or(Owner::Nobody, |customer| Owner::Customer(customer.id));
    let grounds = tx.connect_sessions(project).grounds(None, intent.plan())?;
    match check_intent(tx, project, &grounds, owner, intent) {
        Ok(()) => Ok(true),
        Err(IntentError::Store(error)) => Err(error),
        Err(IntentError::Unknown(_) | IntentError::Unusable(_)) => Ok(false),
    }
}

fn newcomer(cx: &Cx, tx: &mut Tx<'_>, visit: &LoginVisit, email: &Email) -> Result<Customer, ProveError> {
    let new = NewCustomer {
        email: email.clone(),
        full_name: None,
        birthday: None,
        preferred_locale: Some(visit.visit.locale().to_owned()),
        metadata: MetadataPatch::default(),
    };
    customers::create(cx, tx, visit.visit.project.id, &new).map_err(|error| match error {
        SaveCustomerError::Store(error) => ProveError::Store(error),
        error => ProveError::Customer(error),
    })
}

/// The code came back, so the address is theirs.
fn verify(cx: &Cx, tx: &mut Tx<'_>, mut customer: Customer) -> Result<Customer, ProveError> {
    if !customer.email_verified {
        customer.email_verified = true;
        tx.customers(customer.project_id).update(&customer)?;
        record(cx, tx, customer.project_id, Happening::UserVerified, customer.id)?;
    }
    Ok(customer)
}
