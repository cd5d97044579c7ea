//! What a page needs to know of the visit it belongs to, and which question comes next.

use jiff::Timestamp;
use perennial_domain::{
    Address, Callback, CheckoutStep, ConnectSession, ConnectSessionId, Customer, CustomerId, CustomerStatus,
    Device, Goods, Intent, Metadata, NewSubscription, NumberChoice, Order, Porting, Product, Project, Sim,
    SimChoice, SimType, SubscriptionOrder,
};
use perennial_store::{StoreError, Tx};
use url::Url;

use super::preset::is_named_sim_unfit;
use super::questions::{find_lost, questions};
use crate::addresses;
use crate::checkout::{OrderError, OrderRequest, PlacedOrder, place_order};
use crate::context::Cx;
use crate::secrets::{equal, hash};

/// What the browser's cookie holds.
#[derive(Clone)]
pub struct BrowserKey(pub String);

/// A visit whose browser has proved itself.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The session.
    pub session: ConnectSession,
    /// The merchant.
    pub project: Project,
    /// Who visits; `None` until they logged in.
    pub customer: Option<Customer>,
}

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// No such session, or not this browser's. The two are not told apart.
    #[error("there is no such visit")]
    Unknown,
    /// The hour is over, or the customer was deleted or blocked.
    #[error("the visit is over")]
    Expired(ConnectSessionId, Option<Callback>),
    /// They are not known yet, and the project has visitors log in somewhere else.
    #[error("the project's customers log in at {0}")]
    LoginElsewhere(Url),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads a visit for the browser that holds its key.
pub fn load_visit(
    cx: &Cx,
    tx: &mut Tx<'_>,
    id: ConnectSessionId,
    key: &BrowserKey,
) -> Result<Visit, VisitError> {
    let session = tx.find_connect_session_anywhere(id)?.ok_or(VisitError::Unknown)?;
    let kept = tx.connect_sessions(session.project_id).browser_hash(id)?.ok_or(VisitError::Unknown)?;
    if !equal(&kept, &hash(&key.0)) {
        return Err(VisitError::Unknown);
    }
    if session.browser_expires_at.is_none_or(|expires_at| expires_at <= cx.now()) {
        return Err(VisitError::Expired(id, session.callback));
    }
    let project = tx.projects().find(session.project_id)?.ok_or(VisitError::Unknown)?;
    let customer = match session.customer_id {
        Some(customer) => tx.customers(session.project_id).find(customer)?,
        None => None,
    };
    // A visit may outlive its customer: who was deleted or blocked meanwhile has nothing more to do here.
    if customer.as_ref().is_some_and(|customer| customer.status != CustomerStatus::Active) {
        return Err(VisitError::Expired(id, session.callback));
    }
    Ok(Visit { session, project, customer })
}

impl Visit {
    /// The language of its pages: chosen there, or the customer's, or the project's.
    pub fn locale(&self) -> &str {
        let chosen = self.session.progress.locale.as_deref();
        let preferred = self.customer.as_ref().map(|customer| customer.preferred_locale.as_str());
        chosen.or(preferred).unwrap_or_else(|| self.project.default_locale())
    }

    /// The name of the plan that it is about, for pages that have nothing else to show.
    pub fn plan_name(&self, tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
        let project = self.project.id;
        let plan = match &self.session.intent {
            Intent::CheckoutNewSubscription(purchase) => Some(purchase.plan),
            Intent::CheckoutAddon { subscription, .. } => {
                tx.subscriptions(project).find(*subscription)?.map(|subscription| subscription.product_id)
            }
            _ => None,
        };
        Ok(optional(plan, |plan| tx.products(project).find(plan))?.map(|plan| plan.name))
    }

    /// The purchase, if it is one.
    pub fn purchase(&self) -> Option<&NewSubscription> {
        match &self.session.intent {
            Intent::CheckoutNewSubscription(purchase) => Some(purchase),
            _ => None,
        }
    }
}

/// A visit that buys a subscription, and how far it has come.
#[derive(Clone, Debug)]
pub struct CheckoutVisit {
    /// The visit.
    pub visit: Visit,
    /// Who buys.
    pub customer: Customer,
    /// What, at today's prices.
    pub placed: PlacedOrder,
    /// The questions of this visit, in their order. Those that need no asking are left out.
    pub steps: Vec<CheckoutStep>,
    /// The first one without an answer.
    pub next: CheckoutStep,
    /// The address that will be used.
    pub address: Option<Address>,
    /// The device that was given in this visit or with its intent, unless it went since.
    pub device: Option<Device>,
    /// The recorded SIM that was chosen in this visit.
    pub sim: Option<Sim>,
    /// The number that was chosen to be kept.
    pub kept_number: Option<Porting>,
    /// The questions whose answers do not hold any more: the SIM, or the number to be kept, was taken meanwhile.
    pub lost: Vec<CheckoutStep>,
    /// The name of the plan that the customer has already and that excludes this one.
    pub excluded_by: Option<String>,
}

/// Why there is nothing to ask.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutVisitError {
    /// The visit came for something else.
    #[error("the visit is no purchase")]
    NotAPurchase,
    /// Nobody has logged in yet.
    #[error("the visit has no customer yet")]
    NoCustomer,
    /// The plan or an add-on cannot be bought.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The SIM that the app named did not fit the plan when the visit began.
    #[error("the SIM of the intent does not fit the plan")]
    UnfitSim,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds out what still has to be asked.
pub fn checkout_visit(tx: &mut Tx<'_>, visit: Visit) -> Result<CheckoutVisit, CheckoutVisitError> {
    let purchase = visit.purchase().cloned().ok_or(CheckoutVisitError::NotAPurchase)?;
    let customer = visit.customer.clone().ok_or(CheckoutVisitError::NoCustomer)?;
    let (project, progress) = (visit.project.id, &visit.session.progress);
    let request = OrderRequest {
        plan: purchase.plan,
        addons: purchase.addons.clone(),
        voucher: progress.voucher.clone(),
    };
    let placed = place_order(tx, project, &request)?;
    if is_named_sim_unfit(&visit.session) {
        return Err(CheckoutVisitError::UnfitSim);
    }
    let device = optional(progress.device_id.or(purchase.device), |id| tx.devices(project).find(id))?
        .filter(|device| device.may_serve(|owner| owner == customer.id));
    let sim = match progress.sim {
        Some(SimChoice::Known(id)) => tx.sims(project).find(id)?,
        _ => None,
    };
    let kept_number = match progress.number {
        Some(NumberChoice::Keep(id)) => tx.portings(project).find(id)?,
        _ => None,
    };
    let lost = find_lost(tx, &visit, customer.id, placed.plan.0.plan_facts.as_ref())?;
    let mut checkout = CheckoutVisit {
        address: known_address(tx, &visit, &customer)?,
        excluded_by: excluding_plan(tx, &placed.plan.0, customer.id)?,
        steps: Vec::new(),
        next: CheckoutStep::Review,
        lost,
        visit,
        customer,
        placed,
        device,
        sim,
        kept_number,
    };
    (checkout.steps, checkout.next) = questions(&checkout);
    Ok(checkout)
}

/// Looks up what an id names, where there is an id.
fn optional<I, T>(
    id: Option<I>,
    find: impl FnOnce(I) -> Result<Option<T>, StoreError>,
) -> Result<Option<T>, StoreError> {
    id.map_or(Ok(None), find)
}

impl CheckoutVisit {
    /// Whether a question belongs to this visit and comes no later than the first open one.
    pub fn may_open(&self, step: CheckoutStep) -> bool {
        self.steps.contains(&step) && step <= self.next
    }

    /// The question before this one.
    pub fn before(&self, step: CheckoutStep) -> Option<CheckoutStep> {
        self.steps.iter().copied().take_while(|earlier| *earlier < step).last()
    }

    /// The SIMs that the plan works with.
    pub fn sim_types(&self) -> &[SimType] {
        self.placed.plan.0.plan_facts.as_ref().map_or(&[], |facts| &facts.sim_types)
    }

    /// The order as it will be paid for, once everything is answered.
    pub fn order(&self) -> Order {
        let progress = &self.visit.session.progress;
        let (plan, addons) = self.placed.lines();
        let sim = match self.placed.plan.0.plan_facts {
            Some(_) => progress.sim.clone().unwrap_or(SimChoice::NewEsim),
            None => SimChoice::NotNeeded,
        };
        let goods = SubscriptionOrder {
            plan,
            addons,
            sim,
            porting_id: match progress.number {
                Some(NumberChoice::Keep(porting)) => Some(porting),
                _ => None,
            },
            address_id: self.address.as_ref().map(|address| address.id),
            device_id: self.device.as_ref().map(|device| device.id),
            device_model_id: None,
            replaces: None,
            buyer_id: None,
            metadata: Metadata::default(),
        };
        Order {
            goods: Goods::Subscription(goods),
            voucher: progress.voucher.clone(),
            due_now: self.placed.due_now,
        }
    }

    /// When the browser's hour is over.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.visit.session.browser_expires_at
    }
}

/// Whether the visitor has a plan that excludes the one that they came for.
pub fn has_excluding_plan(tx: &mut Tx<'_>, visit: &Visit) -> Result<bool, StoreError> {
    let (Some(purchase), Some(customer)) = (visit.purchase(), visit.session.customer_id) else {
        return Ok(false);
    };
    match tx.products(visit.project.id).find(purchase.plan)? {
        Some(product) => Ok(excluding_plan(tx, &product, customer)?.is_some()),
        None => Ok(false),
    }
}

fn excluding_plan(
    tx: &mut Tx<'_>,
    product: &Product,
    customer: CustomerId,
) -> Result<Option<String>, StoreError> {
    let Some(group) = &product.exclusive_group else { return Ok(None) };
    let Some(live) = tx.subscriptions(product.project_id).live_of_group(customer, group)? else {
        return Ok(None);
    };
    let name = tx.products(product.project_id).find(live.product_id)?.map(|product| product.name);
    Ok(Some(name.unwrap_or_default()))
}

/// The address that was given, or the customer's newest one. One that the app removed meanwhile is asked for again.
fn known_address(tx: &mut Tx<'_>, visit: &Visit, customer: &Customer) -> Result<Option<Address>, StoreError> {
    match visit.session.progress.address_id {
        Some(id) => addresses::find(tx, visit.project.id, customer.id, id),
        None => Ok(tx.addresses(visit.project.id).active_of(customer.id)?.into_iter().next()),
    }
}
