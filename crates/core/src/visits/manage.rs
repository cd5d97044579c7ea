//! Visits that look after what was bought: what the visitor may see, and what they may do with it now.

use perennial_domain::{
    Address, Cancellation, Intent, Outcome, Payment, PaymentMethod, Price, Product, Subscription,
    SubscriptionAddon, SubscriptionId,
};
use perennial_store::tables::{
    PageError, PageRequest, SubscriptionChangeView, SubscriptionFilter, SubscriptionView,
};
use perennial_store::{StoreError, Tx};

use super::answers::{AddressAnswer, AnswerError, keep_address, keep_name};
use super::finish::close;
use super::visit::Visit;
use crate::cards::card_of_subscription;
use crate::context::{App, Cx};
use crate::ports::NextCharge;
use crate::subscriptions::{CancelError, cancel_for_customer, next_charge, resume_subscription};

/// A subscription of the visitor's own.
#[derive(Clone, Debug)]
pub struct OwnSubscription {
    /// The subscription, with its product, price and SIM.
    pub view: SubscriptionView,
    /// The add-ons on it that are not over.
    pub addons: Vec<OwnAddon>,
    /// What is charged next if it goes on; `None` if nothing is.
    pub next: Option<NextCharge>,
    /// The card that pays for it, where it renews for money.
    pub card: Option<PaymentMethod>,
    /// The oldest payment for it that did not come yet.
    pub owed: Option<Payment>,
    /// Another plan that it is to be.
    pub change: Option<SubscriptionChangeView>,
}

/// An add-on of a subscription.
#[derive(Clone, Debug)]
pub struct OwnAddon {
    /// The add-on.
    pub addon: SubscriptionAddon,
    /// What was bought.
    pub product: Product,
    /// At which price.
    pub price: Price,
}

/// The visitor's subscription with this id; nobody else's.
pub fn find_own(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &Visit,
    id: SubscriptionId,
) -> Result<Option<OwnSubscription>, StoreError> {
    let project = visit.project.id;
    let view = tx.subscriptions(project).view(id)?;
    let Some(view) = view.filter(|view| Some(view.customer.id) == visit.session.customer_id) else {
        return Ok(None);
    };
    let mut addons = Vec::new();
    for addon in tx.subscription_addons(project).of_subscription(id)? {
        if addon.state != perennial_domain::AddonState::Ended
            && let Some(product) = tx.products(project).find(addon.product_id)?
            && let Some(price) = tx.prices(project).find(addon.price_id)?
        {
            addons.push(OwnAddon { addon, product, price });
        }
    }
    let card = match &view.subscription.stripe_subscription_id {
        Some(_) => card_of_subscription(tx, &view.subscription)?,
        None => None,
    };
    let open = tx.payments(project).open_of(view.customer.id)?;
    let owed = open.into_iter().find(|payment| payment.subscription_id == Some(id));
    let change = match tx.subscription_changes(project).open_of(id)? {
        Some(open) => tx.subscription_changes(project).view(open.id)?,
        None => None,
    };
    let next = next_charge(tx, &view, cx.now())?;
    Ok(Some(OwnSubscription { view, addons, next, card, owed, change }))
}

/// The visitor's newest subscriptions, those that ended among them, each with what is charged next.
pub fn list_own(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &Visit,
) -> Result<Vec<(SubscriptionView, Option<NextCharge>)>, PageError> {
    let Some(customer) = visit.session.customer_id else { return Ok(Vec::new()) };
    let filter = SubscriptionFilter { customer: Some(customer), ..SubscriptionFilter::default() };
    let views = tx.subscriptions(visit.project.id).view_page(&filter, PageRequest::first(50))?.items;
    let mut listed = Vec::with_capacity(views.len());
    for view in views {
        let next = next_charge(tx, &view, cx.now())?;
        listed.push((view, next));
    }
    Ok(listed)
}

/// Cancels the visitor's subscription.
pub async fn cancel_own(
    app: &App,
    visit: &Visit,
    subscription: &Subscription,
    cancellation: Cancellation,
) -> Result<(), CancelError> {
    cancel_for_customer(app, &visit.project, subscription.id, cancellation).await?;
    succeed_if(app, visit, matches!(visit.session.intent, Intent::CancelSubscription(_))).await
}

/// Takes the cancellation of the visitor's subscription back.
pub async fn resume_own(app: &App, visit: &Visit, subscription: &Subscription) -> Result<(), CancelError> {
    resume_subscription(app, visit.project.id, subscription.id).await?;
    succeed_if(app, visit, matches!(visit.session.intent, Intent::ResumeSubscription(_))).await
}

/// Keeps the visitor's new name.
pub async fn rename(app: &App, visit: &Visit, full_name: &str) -> Result<(), AnswerError> {
    let (owned, name) = (visit.clone(), full_name.to_owned());
    app.write(move |cx, tx| keep_name(cx, tx, owned.project.id, customer_of(&owned)?, &name)).await?;
    close(app, visit.project.id, visit.session.id, Outcome::Success).await?;
    Ok(())
}

/// The visitor's newest address.
pub fn find_own_address(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Address>, StoreError> {
    let Some(customer) = visit.session.customer_id else { return Ok(None) };
    Ok(tx.addresses(visit.project.id).active_of(customer)?.into_iter().next())
}

/// Keeps the visitor's new address.
pub async fn move_house(app: &App, visit: &Visit, answer: &AddressAnswer) -> Result<(), AnswerError> {
    let (owned, answer) = (visit.clone(), answer.clone());
    app.write(move |cx: &Cx, tx| {
        keep_address(cx, tx, owned.project.id, customer_of(&owned)?, &answer).map(drop)
    })
    .await?;
    close(app, visit.project.id, visit.session.id, Outcome::Success).await?;
    Ok(())
}

fn customer_of(visit: &Visit) -> Result<perennial_domain::CustomerId, AnswerError> {
    visit.session.customer_id.ok_or(AnswerError::Gone)
}

/// The visit is a success once what it came for is done. Other deeds on the way do not end it.
async fn succeed_if(app: &App, visit: &Visit, is_done: bool) -> Result<(), CancelError> {
    if is_done {
        close(app, visit.project.id, visit.session.id, Outcome::Success).await?;
    }
    Ok(())
}
