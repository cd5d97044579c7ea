//! How this door tells others what happened: each event carries its subject as the door shows it
//! (contracts/projects-api.md §2.17).

use perennial_core::events::Subject;
use perennial_core::ports::{Happened, Message, Teller, Telling};
use perennial_core::store::{StoreError, Tx};
use perennial_domain::{ProductKind, WebhookFlavour};
use serde::Serialize;
use serde_json::Value;

use crate::addons::AddonBody;
use crate::addresses::AddressBody;
use crate::connect_sessions::SessionBody;
use crate::devices::DeviceBody;
use crate::events::EventBody;
use crate::payment_methods::PaymentMethodBody;
use crate::payments::PaymentBody;
use crate::plans::PlanBody;
use crate::portings::PortingBody;
use crate::projects::ProjectBody;
use crate::sims::SimBody;
use crate::subscription_addons::SubscriptionAddonBody;
use crate::subscription_changes::SubscriptionChangeBody;
use crate::subscriptions::SubscriptionBody;
use crate::users::UserBody;

/// Tells in the words of the Projects API.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProjectsTeller;

impl Teller for ProjectsTeller {
    fn flavour(&self) -> WebhookFlavour {
        WebhookFlavour::Projects
    }

    fn tell(&self, tx: &mut Tx<'_>, happened: &Happened) -> Result<Vec<Telling>, StoreError> {
        let Some(subject) = Subject::find(tx, happened)?.filter(is_shown) else { return Ok(Vec::new()) };
        let (lane, customer) = (subject.lane(), subject.customer());
        let message_type = happened.what.as_str().to_owned();
        Ok(vec![Telling { message_type, data: shape(subject)?, lane, customer, directory: None, app: None }])
    }

    fn body(&self, message: Message<'_>) -> Value {
        // A body is made of values that all can be written as JSON.
        serde_json::to_value(EventBody::of(message)).unwrap_or_default()
    }
}

/// This door has no words for products that are no mobile plans and no add-ons to them.
fn is_shown(subject: &Subject) -> bool {
    match subject {
        Subject::Product(offer) => offer.product.plan_facts.is_some() || offer.product.addon_facts.is_some(),
        _ => true,
    }
}

fn shape(subject: Subject) -> Result<Value, StoreError> {
    match subject {
        Subject::User(customer) => json(UserBody::from(*customer)),
        Subject::Address(address) => json(AddressBody::from(*address)),
        // Without its address, which is as secret as a password.
        Subject::ConnectSession(session) => json(SessionBody::of(&session, None)),
        Subject::Subscription(view) => json(SubscriptionBody::from(*view)),
        Subject::SubscriptionAddon(view) => json(SubscriptionAddonBody::from(*view)),
        Subject::SubscriptionChange(view) => json(SubscriptionChangeBody::from(*view)),
        Subject::Sim(sim) => json(SimBody::from(*sim)),
        Subject::Device(view) => json(DeviceBody::from(*view)),
        Subject::Porting(porting) => json(PortingBody::from(*porting)),
        Subject::Project(project) => json(ProjectBody::from(*project)),
        Subject::Product(offer) => match offer.product.kind {
            ProductKind::Plan => json(PlanBody::of(offer.product, &offer.price)),
            ProductKind::Addon => json(AddonBody::of(offer.product, &offer.price)),
        },
        Subject::Payment(view) => json(PaymentBody::from(*view)),
        Subject::PaymentMethod(method) => json(PaymentMethodBody::from(*method)),
    }
}

fn json(body: impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(body).map_err(|error| StoreError::Other(error.into()))
}
