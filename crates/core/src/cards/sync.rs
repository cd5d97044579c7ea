//! Bringing our picture of a customer's cards up to date with what Stripe keeps.

use perennial_domain::{Customer, CustomerId, PaymentMethod, ProjectId};
use perennial_store::{StoreError, Tx};

use super::CardError;
use crate::context::{App, Cx};
use crate::events::{Happening, record_of};
use crate::ports::{KeptCard, KeptCards, PaymentsError, RefusalKind};
use crate::subscriptions::Synced;

/// Brings the cards of a Stripe Customer up to date.
pub async fn sync_cards(
    app: &App,
    project: ProjectId,
    stripe_customer_id: &str,
) -> Result<Synced, CardError> {
    let id = stripe_customer_id.to_owned();
    let customer = app.read(move |_, tx| tx.customers(project).find_by_stripe_id(&id)).await?;
    let Some(customer) = customer else { return Ok(Synced::NotOurs) };
    let kept = match app.payments(project).await?.cards(stripe_customer_id).await {
        // Who was deleted at Stripe has no cards there any more.
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            KeptCards { cards: Vec::new(), default: None }
        }
        kept => kept?,
    };
    app.write(move |cx, tx| apply(cx, tx, &customer, &kept)).await?;
    Ok(Synced::UpToDate)
}

/// The same for a customer of ours, where they are known to Stripe.
pub async fn sync_cards_of(app: &App, project: ProjectId, id: CustomerId) -> Result<(), CardError> {
    let customer = app.read(move |_, tx| tx.customers(project).find(id)).await?;
    if let Some(stripe_customer_id) = customer.and_then(|customer| customer.stripe_customer_id) {
        sync_cards(app, project, &stripe_customer_id).await?;
    }
    Ok(())
}

fn apply(cx: &Cx, tx: &mut Tx<'_>, customer: &Customer, kept: &KeptCards) -> Result<(), StoreError> {
    let project = customer.project_id;
    // Two pictures at once would both find a new card new.
    tx.customers(project).lock(customer.id)?;
    for card in &kept.cards {
        keep(cx, tx, customer, card, kept.default.as_deref())?;
    }
    for mut known in tx.payment_methods(project).of_customer(customer.id)? {
        let id = &known.card.stripe_payment_method_id;
        let is_kept = kept.cards.iter().any(|kept| kept.card.stripe_payment_method_id == *id);
        if !is_kept && known.detached_at.is_none() {
            known.detached_at = Some(cx.now());
            known.is_default = false;
            tx.payment_methods(project).update(&known)?;
            tell(cx, tx, &known, Happening::PaymentMethodDeleted)?;
        }
    }
    Ok(())
}

fn keep(
    cx: &Cx,
    tx: &mut Tx<'_>,
    customer: &Customer,
    kept: &KeptCard,
    default: Option<&str>,
) -> Result<(), StoreError> {
    let project = customer.project_id;
    let id = kept.card.stripe_payment_method_id.as_str();
    let known = tx.payment_methods(project).find_by_stripe_id(id)?;
    let method = PaymentMethod {
        id: known.as_ref().map_or_else(|| cx.id(), |known| known.id),
        project_id: project,
        customer_id: customer.id,
        card: kept.card.clone(),
        is_default: default == Some(id),
        created_at: known.as_ref().map_or(kept.created_at, |known| known.created_at),
        detached_at: None,
    };
    match known {
        Some(known) if known == method => Ok(()),
        Some(_) => tx.payment_methods(project).update(&method),
        None => {
            tx.payment_methods(project).insert(&method)?;
            tell(cx, tx, &method, Happening::PaymentMethodCreated)?;
            // Stripe keeps a card for later payments once its bank has agreed.
            tell(cx, tx, &method, Happening::PaymentMethodConfirmed)
        }
    }
}

/// Apps know a card by Stripe's name for it.
fn tell(cx: &Cx, tx: &mut Tx<'_>, method: &PaymentMethod, what: Happening) -> Result<(), StoreError> {
    record_of(cx, tx, method.project_id, what, method.id, &method.card.stripe_payment_method_id)
}
