//! Making directories, businesses and their staff. The operator does it, by command.

use perennial_domain::{
    Business, Customer, CustomerId, CustomerStatus, Directory, DirectoryId, Email, Member, MemberRole,
    Metadata, PaymentType, Project, ProjectId,
};
use perennial_store::tables::BusinessView;
use perennial_store::{StoreError, Tx};
use rand::RngExt;

use super::grant::{Grant, GrantError, grant_in};
use super::purchasables::find_purchasable;
use crate::context::Cx;
use crate::customers::{FactError, check_full_name};
use crate::events::{Happening, record};

/// How long a uid is at the most (contract §3).
const MAX_UID_CHARACTERS: usize = 16;

/// What is known of a directory.
#[derive(Clone, Debug)]
pub struct NewDirectory {
    /// What the API calls it; the next free number when absent.
    pub number: Option<u32>,
    /// What people call it.
    pub name: String,
}

/// What is known of somebody who works for a business.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Their uid; a fresh one when absent.
    pub uid: Option<String>,
    /// Unique among the project's members.
    pub email: Email,
    /// As the person writes it.
    pub full_name: String,
}

/// What is known of a business.
#[derive(Clone, Debug)]
pub struct NewBusiness {
    /// Its uid; a fresh one when absent. A customer who is known by it already becomes a business.
    pub uid: Option<String>,
    /// What it is called.
    pub name: String,
    /// The number of its directory; the project's first one when absent.
    pub directory: Option<u32>,
    /// Who buys when nobody is named.
    pub owner: NewStaff,
}

/// Why it is not made.
#[derive(Debug, thiserror::Error)]
pub enum SaveBusinessError {
    /// There is no such project.
    #[error("there is no project {0}")]
    UnknownProject(ProjectId),
    /// No directory of the project has this number.
    #[error("there is no directory {0}")]
    UnknownDirectory(u32),
    /// Another directory has this number.
    #[error("there is a directory {0} already")]
    DirectoryExists(u32),
    /// No business of the project has this uid.
    #[error("there is no business {0}")]
    UnknownBusiness(String),
    /// There is one already.
    #[error("there is a business {0} already")]
    BusinessExists(String),
    /// A uid has another form.
    #[error("a uid has 1 to {MAX_UID_CHARACTERS} lower-case letters and digits, not {0:?}")]
    Uid(String),
    /// Another member has this uid.
    #[error("there is somebody with the uid {0} already")]
    StaffExists(String),
    /// Another member has this address.
    #[error("another member has this e-mail address")]
    EmailTaken,
    /// The name cannot be.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// What a new business is given cannot be had for nothing.
    #[error("the setting `default_sku` names {0:?}, which is not on sale with a free price")]
    DefaultSku(String),
    /// What a new business is given cannot be given.
    #[error("the new business cannot be given {sku:?}")]
    Default {
        /// What it was to be given.
        sku: String,
        /// Why not.
        #[source]
        source: GrantError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a directory.
pub fn create_directory(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewDirectory,
) -> Result<Directory, SaveBusinessError> {
    let number = match new.number {
        Some(number) => number,
        None => tx.directories(project_id).all()?.last().map_or(1, |last| last.number + 1),
    };
    let directory = Directory {
        id: cx.id::<DirectoryId>(),
        project_id,
        number,
        name: check_full_name(&new.name)?,
        created_at: cx.now(),
    };
    match tx.directories(project_id).insert(&directory) {
        Err(error) if error.is_conflict("directories_number_key") => {
            Err(SaveBusinessError::DirectoryExists(number))
        }
        inserted => Ok(inserted.map(|()| directory)?),
    }
}

/// Makes a business with its owner, and gives it what the project gives to each new one.
pub fn create_business(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewBusiness,
) -> Result<BusinessView, SaveBusinessError> {
    let project = tx.projects().find(project_id)?.ok_or(SaveBusinessError::UnknownProject(project_id))?;
    let directory = directory_for(cx, tx, &project, new.directory)?;
    let uid = uid_or_fresh(new.uid.as_deref())?;
    let customer = customer_for(cx, tx, &project, &uid, &new.name)?;
    if tx.businesses(project_id).find(customer)?.is_some() {
        return Err(SaveBusinessError::BusinessExists(uid));
    }
    let owner = staff_of(cx, tx, project_id, customer, &new.owner, MemberRole::Owner)?;
    let business = Business {
        customer_id: customer,
        project_id,
        directory_id: directory.id,
        owner_id: owner.id,
        created_at: cx.now(),
    };
    tx.businesses(project_id).insert(&business)?;
    if let Some(sku) = &project.settings.business.default_sku {
        give_default(cx, tx, &business, sku)?;
    }
    tx.businesses(project_id).view(customer)?.ok_or(SaveBusinessError::UnknownBusiness(uid))
}

/// Adds somebody to the staff of a business.
pub fn add_staff(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    business_uid: &str,
    new: &NewStaff,
) -> Result<Member, SaveBusinessError> {
    let business = tx.businesses(project).view_by_uid(business_uid)?;
    let unknown = || SaveBusinessError::UnknownBusiness(business_uid.to_owned());
    let business = business.ok_or_else(unknown)?.business;
    insert_staff(cx, tx, project, business.customer_id, new, MemberRole::Billing)
}

/// The business with this uid.
pub fn find_business(
    tx: &mut Tx<'_>,
    project: ProjectId,
    uid: &str,
) -> Result<Option<BusinessView>, StoreError> {
    tx.businesses(project).view_by_uid(uid)
}

/// The first businesses of the project, oldest first.
pub fn list_businesses(
    tx: &mut Tx<'_>,
    project: ProjectId,
    limit: u32,
) -> Result<Vec<BusinessView>, StoreError> {
    tx.businesses(project).list(limit)
}

/// The directories of the project, by number.
pub fn list_directories(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Directory>, StoreError> {
    tx.directories(project).all()
}

/// Who works for a business, the first one first.
pub fn list_staff(
    tx: &mut Tx<'_>,
    project: ProjectId,
    business: CustomerId,
) -> Result<Vec<Member>, StoreError> {
    tx.members(project).of_organization(business)
}

/// The directory that was named, or the first one; a project without any gets one of its own name.
fn directory_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: &Project,
    number: Option<u32>,
) -> Result<Directory, SaveBusinessError> {
    if let Some(number) = number {
        let found = tx.directories(project.id).find_by_number(number)?;
        return found.ok_or(SaveBusinessError::UnknownDirectory(number));
    }
    match tx.directories(project.id).all()?.into_iter().next() {
        Some(first) => Ok(first),
        None => create_directory(
            cx,
            tx,
            project.id,
            &NewDirectory { number: Some(1), name: project.name.clone() },
        ),
    }
}

/// The customer whom the operator's own system calls so already, or a new one.
fn customer_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: &Project,
    uid: &str,
    name: &str,
) -> Result<CustomerId, SaveBusinessError> {
    if let Some(known) = tx.customers(project.id).find_by_external_id(uid)? {
        return Ok(known.id);
    }
    let customer = Customer {
        id: cx.id(),
        project_id: project.id,
        external_id: Some(uid.to_owned()),
        email: None,
        email_verified: false,
        full_name: Some(check_full_name(name)?),
        birthday: None,
        preferred_locale: project.default_locale().to_owned(),
        status: CustomerStatus::Active,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        created_at: cx.now(),
    };
    tx.customers(project.id).insert(&customer)?;
    record(cx, tx, project.id, Happening::UserCreated, customer.id)?;
    Ok(customer.id)
}

/// Somebody who works there already, or somebody new.
fn staff_of(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    business: CustomerId,
    new: &NewStaff,
    role: MemberRole,
) -> Result<Member, SaveBusinessError> {
    if let Some(uid) = &new.uid {
        let known = tx.members(project).find_with_organization(uid)?;
        let known = known.map(|(member, _)| member);
        if let Some(member) = known.filter(|member| member.customer_id == Some(business)) {
            return Ok(member);
        }
    }
    insert_staff(cx, tx, project, business, new, role)
}

fn insert_staff(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    business: CustomerId,
    new: &NewStaff,
    role: MemberRole,
) -> Result<Member, SaveBusinessError> {
    let member = Member {
        id: cx.id(),
        project_id,
        external_id: uid_or_fresh(new.uid.as_deref())?,
        customer_id: Some(business),
        email: new.email.clone(),
        full_name: check_full_name(&new.full_name)?,
        role,
        is_active: true,
        created_at: cx.now(),
    };
    match tx.members(project_id).insert(&member) {
        Err(error) if error.is_conflict("members_external_id_key") => {
            Err(SaveBusinessError::StaffExists(member.external_id))
        }
        Err(error) if error.is_conflict("members_email_key") => Err(SaveBusinessError::EmailTaken),
        inserted => Ok(inserted.map(|()| member)?),
    }
}

/// Creating a business gives it a subscription at once (contract §8.1). Nobody has paid yet, so it is a free one.
fn give_default(cx: &Cx, tx: &mut Tx<'_>, business: &Business, sku: &str) -> Result<(), SaveBusinessError> {
    let not_free = || SaveBusinessError::DefaultSku(sku.to_owned());
    let purchasable = find_purchasable(tx, business.project_id, sku)?.ok_or_else(not_free)?;
    let free =
        |price: &&perennial_domain::Price| PaymentType::of(price.amount, price.term) == PaymentType::Free;
    let price = purchasable.prices.iter().find(free).cloned().ok_or_else(not_free)?;
    let grant = Grant::of(business, purchasable.product, price);
    match grant_in(cx, tx, &grant) {
        // A customer who was known before may have something better, or be blocked.
        Ok(_) | Err(GrantError::AlreadyHeld(_) | GrantError::NotActive(_)) => Ok(()),
        Err(source) => Err(SaveBusinessError::Default { sku: sku.to_owned(), source }),
    }
}

fn uid_or_fresh(uid: Option<&str>) -> Result<String, SaveBusinessError> {
    let Some(uid) = uid else { return Ok(fresh_uid()) };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if (1..=MAX_UID_CHARACTERS).contains(&uid.len()) && uid.bytes().all(plain) {
        Ok(uid.to_owned())
    } else {
        Err(SaveBusinessError::Uid(uid.to_owned()))
    }
}

/// As the contract's examples look (§3).
fn fresh_uid() -> String {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut random = rand::rng();
    let letter = |_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]);
    (0..MAX_UID_CHARACTERS).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_short_and_plain() {
        assert!(uid_or_fresh(Some("k3r9t0vv21mmq8ba")).is_ok());
        assert!(uid_or_fresh(Some(&fresh_uid())).is_ok());
        for uid in ["", "K3r9", "a-b", "aaaaaaaaaaaaaaaaa", "ü"] {
            assert!(matches!(uid_or_fresh(Some(uid)), Err(SaveBusinessError::Uid(_))), "{uid:?}");
        }
    }
}
