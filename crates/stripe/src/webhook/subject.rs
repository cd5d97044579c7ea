//! Which object of ours an event is about (<https://docs.stripe.com/api/events/types>).

use perennial_core::ports::EventSubject;
use serde::Deserialize;
use serde_json::Value;

use crate::resources::{Identified, Link, SubscriptionOfInvoice};

/// The subject of an event, from its type and its object. An object without the id it should have is about nothing
/// that we know.
pub(super) fn of(event_type: &str, object: &Value, before: &Value) -> EventSubject {
    let begins = |prefix: &str| event_type.starts_with(prefix);
    let subject = if begins("checkout.session.") {
        read::<Session>(object).map(Session::into_subject)
    } else if matches!(event_type, "customer.updated" | "customer.deleted") {
        read::<Identified>(object).map(|customer| EventSubject::Cards(customer.id))
    } else if begins("payment_method.") || begins("setup_intent.") {
        // A card that was detached has no owner any more, only a former one.
        let owner = |value| read::<OfCustomer>(value)?.customer;
        owner(object).or_else(|| owner(before)).map(|customer| EventSubject::Cards(customer.into_id()))
    } else if begins("customer.subscription.") {
        read::<Identified>(object).map(|subscription| EventSubject::Subscription(subscription.id))
    } else if begins("subscription_schedule.") {
        read::<OfSchedule>(object)
            .and_then(|schedule| schedule.subscription.or(schedule.released_subscription))
            .map(|subscription| EventSubject::Subscription(subscription.into_id()))
    } else if matches!(event_type, "price.updated" | "price.deleted") {
        read::<Identified>(object).map(|price| EventSubject::Price(price.id))
    } else if matches!(event_type, "product.updated" | "product.deleted") {
        read::<Identified>(object).map(|product| EventSubject::Product(product.id))
    } else if begins("invoice.") {
        read::<SubscriptionOfInvoice>(object)
            .and_then(SubscriptionOfInvoice::into_id)
            .map(EventSubject::Subscription)
    } else if event_type == "charge.refunded"
        || ["charge.refund.", "charge.dispute.", "refund."].into_iter().any(begins)
    {
        read::<OfPaymentIntent>(object)
            .and_then(|object| object.payment_intent)
            .map(|intent| EventSubject::PaymentIntent(intent.into_id()))
    } else {
        None
    };
    subject.filter(|subject| !subject.as_str().is_empty()).unwrap_or(EventSubject::Other)
}

#[derive(Deserialize)]
struct Session {
    id: String,
    mode: Option<String>,
}

impl Session {
    fn into_subject(self) -> EventSubject {
        match self.mode.as_deref() {
            Some("setup") => EventSubject::CardSetup(self.id),
            _ => EventSubject::Checkout(self.id),
        }
    }
}

/// A payment method or a setup intent.
#[derive(Deserialize)]
struct OfCustomer {
    customer: Option<Link<Identified>>,
}

/// A charge, a refund or a dispute.
#[derive(Deserialize)]
struct OfPaymentIntent {
    payment_intent: Option<Link<Identified>>,
}

/// A schedule: one that has let its subscription go names it elsewhere.
#[derive(Deserialize)]
struct OfSchedule {
    subscription: Option<Link<Identified>>,
    released_subscription: Option<Link<Identified>>,
}

fn read<'v, T: Deserialize<'v>>(object: &'v Value) -> Option<T> {
    T::deserialize(object).ok()
}
