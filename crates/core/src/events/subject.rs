//! What an event is about, as it is now: for the doors, which give it their shapes.

use perennial_domain::{
    Address, ConnectSession, Customer, CustomerId, Id, PaymentMethod, Porting, Project, Sim, SubscriptionId,
};
use perennial_store::tables::{
    DeviceView, PaymentView, SubscriptionAddonView, SubscriptionChangeView, SubscriptionView,
};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use crate::offers::{self, Offer};
use crate::ports::Happened;

/// A row that something happened to, and what belongs to it.
#[derive(Clone, Debug)]
pub enum Subject {
    /// `user.*`
    User(Box<Customer>),
    /// `user.address.*`
    Address(Box<Address>),
    /// `connectSession.*`
    ConnectSession(Box<ConnectSession>),
    /// `subscription.*`
    Subscription(Box<SubscriptionView>),
    /// `subscriptionAddon.*`
    SubscriptionAddon(Box<SubscriptionAddonView>),
    /// `subscriptionChange.*`
    SubscriptionChange(Box<SubscriptionChangeView>),
    /// `sim.*`
    Sim(Box<Sim>),
    /// `device.*`
    Device(Box<DeviceView>),
    /// `porting.*`
    Porting(Box<Porting>),
    /// `project.*`
    Project(Box<Project>),
    /// `plan.*` and `addon.*`
    Product(Box<Offer>),
    /// `payment.*`
    Payment(Box<PaymentView>),
    /// `paymentMethod.*`
    PaymentMethod(Box<PaymentMethod>),
}

impl Subject {
    /// The row that something happened to; `None` where it is removed, or of no kind that is told of.
    pub fn find(tx: &mut Tx<'_>, happened: &Happened) -> Result<Option<Self>, StoreError> {
        let project = happened.project;
        if happened.known.is_some() {
            return Ok(happened.known.clone());
        }
        Ok(match happened.what.resource() {
            "user" => tx.customers(project).find(happened.subject_as())?.map(Box::new).map(Self::User),
            "user.address" => {
                tx.addresses(project).find(happened.subject_as())?.map(Box::new).map(Self::Address)
            }
            "connectSession" => {
                let found = tx.connect_sessions(project).find(happened.subject_as())?;
                found.map(Box::new).map(Self::ConnectSession)
            }
            "subscription" => {
                tx.subscriptions(project).view(happened.subject_as())?.map(Box::new).map(Self::Subscription)
            }
            "subscriptionAddon" => {
                let found = tx.subscription_addons(project).view(happened.subject_as())?;
                found.map(Box::new).map(Self::SubscriptionAddon)
            }
            "subscriptionChange" => {
                let found = tx.subscription_changes(project).view(happened.subject_as())?;
                found.map(Box::new).map(Self::SubscriptionChange)
            }
            "sim" => tx.sims(project).find(happened.subject_as())?.map(Box::new).map(Self::Sim),
            "device" => tx.devices(project).view(happened.subject_as())?.map(Box::new).map(Self::Device),
            "porting" => tx.portings(project).find(happened.subject_as())?.map(Box::new).map(Self::Porting),
            "project" => tx.projects().find(project)?.map(Box::new).map(Self::Project),
            "plan" | "addon" => {
                offers::find(tx, project, happened.subject_as())?.map(Box::new).map(Self::Product)
            }
            "payment" => tx.payments(project).view(happened.subject_as())?.map(Box::new).map(Self::Payment),
            "paymentMethod" => {
                let found = tx.payment_methods(project).find_by_stripe_id(&happened.name)?;
                found.map(Box::new).map(Self::PaymentMethod)
            }
            _ => None,
        })
    }

    /// Within what it is told in order: its subscription, where it belongs to one.
    pub fn lane(&self) -> Option<Uuid> {
        self.subscription().map(Id::uuid)
    }

    /// Whom it concerns.
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::User(customer) => Some(customer.id),
            Self::Address(address) => Some(address.customer_id),
            Self::ConnectSession(session) => session.customer_id,
            Self::Subscription(view) => Some(view.customer.id),
            Self::SubscriptionAddon(view) => Some(view.addon.customer_id),
            Self::SubscriptionChange(view) => Some(view.change.customer_id),
            Self::Product(_) | Self::Project(_) => None,
            Self::Sim(sim) => sim.customer_id,
            Self::Device(view) => view.device.customer_id,
            Self::Porting(porting) => Some(porting.customer_id),
            Self::Payment(view) => Some(view.customer.id),
            Self::PaymentMethod(method) => Some(method.customer_id),
        }
    }

    fn subscription(&self) -> Option<SubscriptionId> {
        match self {
            Self::Subscription(view) => Some(view.subscription.id),
            Self::SubscriptionAddon(view) => Some(view.addon.subscription_id),
            Self::SubscriptionChange(view) => Some(view.change.subscription_id),
            Self::Payment(view) => view.payment.subscription_id,
            Self::Porting(porting) => porting.subscription_id,
            Self::User(_)
            | Self::Address(_)
            | Self::ConnectSession(_)
            | Self::Sim(_)
            | Self::Device(_)
            | Self::Product(_)
            | Self::Project(_)
            | Self::PaymentMethod(_) => None,
        }
    }
}
