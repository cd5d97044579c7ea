//! Our picture of the cards that Stripe keeps, and payments that stand alone.

use perennial_core::cards::{Confirmation, find_card, settle_confirmation};
use perennial_domain::{CustomerId, Letter, Payment, PaymentState};
use perennial_testkit::Merchant;

/// A customer with a line, who paid it with a card that Stripe keeps.
async fn subscriber(merchant: &Merchant) -> (CustomerId, Payment) {
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    (customer.id, payment)
}

#[tokio::test]
async fn a_card_that_is_detached_at_stripe_is_kept_no_more_and_still_paid_what_it_paid() {
    let merchant = Merchant::new().await;
    let (customer, payment) = subscriber(&merchant).await;
    let project = merchant.project();
    let stripe_id = payment.attempts.payment_method.unwrap();
    let (known, gone) = (stripe_id.clone(), stripe_id.clone());
    assert!(merchant.app().read(move |_, tx| find_card(tx, project, &known)).await.unwrap().is_some());

    let path = format!("/v1/payment_methods/{stripe_id}/detach");
    merchant.stripe().post_form(&path, "").await.expect(200);
    merchant.hear_from_stripe().await;
    merchant.hear_from_stripe().await;

    assert_eq!(merchant.app().read(move |_, tx| find_card(tx, project, &gone)).await.unwrap(), None);
    let default = merchant.test.write(move |_, tx| tx.payment_methods(project).default_of(customer)).await;
    assert_eq!(default, None);
    let kept =
        merchant.test.write(move |_, tx| tx.payment_methods(project).find_by_stripe_id(&stripe_id)).await;
    assert_eq!(kept.unwrap().detached_at, Some(merchant.app().now()));
}

#[tokio::test]
async fn a_payment_that_no_subscription_bills_is_told_by_its_payment_intent() {
    let merchant = Merchant::new().await;
    let (_, paid) = subscriber(&merchant).await;
    let project = merchant.project();
    // The sandbox knows this payment intent as paid; our row does not know it yet.
    let alone = merchant
        .test
        .write(move |cx, tx| {
            let alone = Payment {
                id: cx.id(),
                subscription_id: None,
                checkout_id: None,
                state: PaymentState::RequiresConfirmation,
                stripe_reference: "pi_alone".to_owned(),
                paid_at: None,
                ..paid.clone()
            };
            tx.payments(project).insert(&alone)?;
            Ok(alone)
        })
        .await;
    for _ in 0..2 {
        let settled = settle_confirmation(merchant.app(), project, alone.id).await.unwrap();
        assert!(matches!(&settled, Confirmation::Paid(payment) if payment.paid_at.is_some()), "{settled:?}");
    }
    let receipt = Letter::Receipt { payment: alone.id };
    let mails = merchant.test.write(move |_, tx| tx.mails(project).newest(9)).await;
    assert_eq!(mails.iter().filter(|mail| mail.letter == receipt).count(), 1);
}
