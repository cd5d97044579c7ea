//! Whose form it is. A form's address need not name a project: what else it names is of one.

use perennial_domain::{
    BusinessSettings, CheckoutForm, Customer, CustomerStatus, FormAgreement, Id, Order, PriceId, ProductId,
    Project, Subscription, SubscriptionId,
};
use perennial_store::tables::BusinessView;
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use super::link::link_expiry;
use crate::context::App;

/// The business that a form is for.
#[derive(Clone, Debug)]
pub struct FormParty {
    /// Its project.
    pub project: Project,
    /// The business.
    pub business: BusinessView,
    /// The business as a customer.
    pub customer: Customer,
}

impl FormParty {
    /// What the operator decided about serving businesses.
    pub const fn settings(&self) -> &BusinessSettings {
        &self.project.settings.business
    }
}

/// What the address of a form says of whose form it is.
#[derive(Clone, Debug)]
pub struct PartySaid {
    /// The uid of a business. Two projects of one server may each have one of that uid.
    pub business_uid: String,
    /// The slug of a project.
    pub project: Option<String>,
    /// What proves that a project signed the link (contract §9.6).
    pub signed: Option<String>,
    /// The ids of prices and products that it names. Each is of one project alone.
    pub offers: Vec<Uuid>,
}

/// Why it is not known whose form it is.
#[derive(Debug, thiserror::Error)]
pub enum FormPartyError {
    /// There is no such business, or it may not act.
    #[error("there is no such business")]
    Unknown,
    /// Several projects have one of that uid, and nothing says which is meant.
    #[error("several projects have a business of this uid")]
    Ambiguous,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one business that an address means: in the project that it names, or else in the only one that has a business of that
/// uid. Where several have, the link's signature and the offers that it names say which; where they do not, nobody is meant,
/// also when all but one are blocked: the other may be a stranger.
pub async fn find_form_party(app: &App, said: PartySaid) -> Result<FormParty, FormPartyError> {
    let asked = said.clone();
    let mut found = app.read(move |_, tx| candidates(tx, &asked)).await?;
    if found.len() > 1
        && let Some(signed) = &said.signed
    {
        found.retain(|party| link_expiry(app, party.project.id, &said.business_uid, signed).is_some());
    }
    if found.len() > 1 && !said.offers.is_empty() {
        let offers = said.offers;
        found = app.read(move |_, tx| who_sell(tx, found.clone(), &offers)).await?;
    }
    match (found.pop(), found.is_empty()) {
        (Some(_), false) => Err(FormPartyError::Ambiguous),
        (Some(party), true) if party.customer.status == CustomerStatus::Active => Ok(party),
        _ => Err(FormPartyError::Unknown),
    }
}

/// The businesses of that uid, of the project that is named or of all.
fn candidates(tx: &mut Tx<'_>, said: &PartySaid) -> Result<Vec<FormParty>, StoreError> {
    let projects = match &said.project {
        Some(slug) => tx.projects().find_by_slug(slug)?.into_iter().collect(),
        None => tx.projects().with_business(&said.business_uid)?,
    };
    let mut found = Vec::new();
    for project in projects {
        let Some(business) = tx.businesses(project.id).view_by_uid(&said.business_uid)? else { continue };
        found.extend(party_in(tx, project, business)?);
    }
    Ok(found)
}

/// Those whose projects have all that is offered.
fn who_sell(tx: &mut Tx<'_>, parties: Vec<FormParty>, offers: &[Uuid]) -> Result<Vec<FormParty>, StoreError> {
    let mut sellers = Vec::new();
    for party in parties {
        let project = party.project.id;
        let mut sells_all = true;
        for offer in offers {
            sells_all &= tx.prices(project).find(PriceId::from_uuid(*offer))?.is_some()
                || tx.products(project).find(ProductId::from_uuid(*offer))?.is_some();
        }
        if sells_all {
            sellers.push(party);
        }
    }
    Ok(sellers)
}

fn party_in(
    tx: &mut Tx<'_>,
    project: Project,
    business: BusinessView,
) -> Result<Option<FormParty>, StoreError> {
    let customer = tx.customers(project.id).find(business.business.customer_id)?;
    Ok(customer.map(|customer| FormParty { project, business, customer }))
}

/// The business that has the subscription with this id, of whatever project.
pub fn find_party_of_subscription(
    tx: &mut Tx<'_>,
    uid: Uuid,
) -> Result<Option<(FormParty, Subscription)>, StoreError> {
    let id = SubscriptionId::from_uuid(uid);
    let Some(project) = tx.projects().with_subscription(id)? else { return Ok(None) };
    let Some(subscription) = tx.subscriptions(project.id).find(id)? else { return Ok(None) };
    let Some(business) = tx.businesses(project.id).view(subscription.customer_id)? else { return Ok(None) };
    Ok(party_in(tx, project, business)?.map(|party| (party, subscription)))
}

/// The business that confirmed a form.
pub fn find_party_of(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Option<FormParty>, StoreError> {
    let project = tx.projects().find(form.project_id)?;
    let business = tx.businesses(form.project_id).view(form.customer_id)?;
    let customer = tx.customers(form.project_id).find(form.customer_id)?;
    let (Some(project), Some(business), Some(customer)) = (project, business, customer) else {
        return Ok(None);
    };
    Ok(Some(FormParty { project, business, customer }))
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
