//! Making businesses. The operator does it, by command or by the catalogue file.

use perennial_domain::{
    Business, Customer, CustomerId, CustomerStatus, MemberRole, Metadata, PaymentType, Project, ProjectId,
};
use perennial_store::tables::BusinessView;
use perennial_store::{StoreError, Tx};

use super::directories::directory_for;
use super::grant::{Grant, GrantError, grant_in};
use super::purchasables::find_purchasable;
use super::room::{Room, room_for};
use super::staff::{NewStaff, staff_of};
use super::uids::{MAX_CHARACTERS, uid_or_fresh};
use crate::context::Cx;
use crate::customers::{FactError, check_full_name};
use crate::events::{Happening, record};

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
    #[error("a uid has 1 to {MAX_CHARACTERS} lower-case letters and digits, not {0:?}")]
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

/// Creating a business gives it a subscription at once (contract §8.1). Nobody has paid yet, so it is a free one.
fn give_default(cx: &Cx, tx: &mut Tx<'_>, business: &Business, sku: &str) -> Result<(), SaveBusinessError> {
    let not_free = || SaveBusinessError::DefaultSku(sku.to_owned());
    let purchasable = find_purchasable(tx, business.project_id, sku)?.ok_or_else(not_free)?;
    let free =
        |price: &&perennial_domain::Price| PaymentType::of(price.amount, price.term) == PaymentType::Free;
    let price = purchasable.prices.iter().find(free).cloned().ok_or_else(not_free)?;
    // A customer who was known before may have something better, which is not to end for it.
    match room_for(cx, tx, business.customer_id, &purchasable.product)? {
        Room::Free | Room::Over(_) => {}
        Room::Canceled(_) | Room::Replaces(_) | Room::Taken(_) => return Ok(()),
    }
    let grant = Grant::of(business, purchasable.product, price);
    match grant_in(cx, tx, &grant) {
        // They may also be blocked.
        Ok(_) | Err(GrantError::NotActive(_)) => Ok(()),
        Err(source) => Err(SaveBusinessError::Default { sku: sku.to_owned(), source }),
    }
}
