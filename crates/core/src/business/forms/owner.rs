//! Whose form it is. A form's address names no project: the business that it names does.

use perennial_domain::{
    BusinessSettings, CheckoutForm, Customer, CustomerStatus, FormAgreement, Order, Project,
};
use perennial_store::tables::BusinessView;
use perennial_store::{StoreError, Tx};

/// The business that a form is for.
#[derive(Clone, Debug)]
pub struct FormOwner {
    /// Its project.
    pub project: Project,
    /// The business.
    pub business: BusinessView,
    /// The business as a customer.
    pub customer: Customer,
}

impl FormOwner {
    /// What the operator decided about serving businesses.
    pub const fn settings(&self) -> &BusinessSettings {
        &self.project.settings.business
    }
}

/// The business with this uid, in this project where one is named. Where several projects of one server have a business of
/// that uid, and none is named, nobody is meant.
pub fn find_form_owner(
    tx: &mut Tx<'_>,
    project: Option<&str>,
    business_uid: &str,
) -> Result<Option<FormOwner>, StoreError> {
    let projects = match project {
        Some(slug) => tx.projects().find_by_slug(slug)?.into_iter().collect(),
        None => tx.projects().list()?,
    };
    let mut found = None;
    for project in projects {
        let Some(business) = tx.businesses(project.id).view_by_uid(business_uid)? else { continue };
        let customer = tx.customers(project.id).find(business.business.customer_id)?;
        let active = customer.filter(|customer| customer.status == CustomerStatus::Active);
        let Some(customer) = active else { continue };
        if found.replace(FormOwner { project, business, customer }).is_some() {
            return Ok(None);
        }
    }
    Ok(found)
}

/// The business that confirmed a form.
pub fn find_owner_of(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Option<FormOwner>, StoreError> {
    let project = tx.projects().find(form.project_id)?;
    let business = tx.businesses(form.project_id).view(form.customer_id)?;
    let customer = tx.customers(form.project_id).find(form.customer_id)?;
    let (Some(project), Some(business), Some(customer)) = (project, business, customer) else {
        return Ok(None);
    };
    Ok(Some(FormOwner { project, business, customer }))
}

/// The names of what a form is about.
pub fn names_of(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Vec<String>, StoreError> {
    let project = form.project_id;
    let mut products = Vec::new();
    match &form.agreed {
        FormAgreement::Buy { orders } => {
            products.extend(orders.iter().flat_map(Order::lines).map(|line| line.product_id));
        }
        FormAgreement::Change { change } => {
            products.extend(tx.subscription_changes(project).find(*change)?.map(|change| change.product_id));
        }
        FormAgreement::Recorded { subscriptions } => {
            for id in subscriptions {
                products
                    .extend(tx.subscriptions(project).find(*id)?.map(|subscription| subscription.product_id));
            }
        }
    }
    let mut names = Vec::new();
    for id in products {
        names.extend(tx.products(project).find(id)?.map(|product| product.name));
    }
    Ok(names)
}
