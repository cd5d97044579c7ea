//! Our picture of the cards that Stripe keeps, and payments that stand alone.

use jiff::SignedDuration;
use perennial_core::cards::{Confirmation, card_of_subscription, find_card, settle_confirmation};
use perennial_domain::{CustomerId, Letter, Payment, PaymentMethod, PaymentState};
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

#[tokio::test]
async fn the_card_of_a_subscription_is_its_own_before_the_customers() {
    let merchant = Merchant::new().await;
    let subscription = merchant.sell("line").await;
    let stripe_id = subscription.stripe_subscription_id.clone().unwrap();
    let path = format!("/v1/subscriptions/{stripe_id}");
    let stripe = merchant.stripe();
    let owner = format!("customer={}", stripe.get(&path).await.body["customer"].as_str().unwrap());
    let attached = stripe.post_form("/v1/payment_methods/pm_card_mastercard/attach", &owner).await;
    let own = attached.expect(200)["id"].as_str().unwrap().to_owned();
    stripe.post_form(&path, &format!("default_payment_method={own}")).await.expect(200);
    let default = merchant.keep_card(subscription.customer_id, "pm_card_visa").await;
    merchant.hear_from_stripe().await;

    let payer = || {
        let subscription = subscription.clone();
        merchant.test.write(move |_, tx| card_of_subscription(tx, &subscription))
    };
    assert_eq!(payer().await.unwrap().card.stripe_payment_method_id, own);
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31 + 2));
    merchant.sandbox.tick().await.unwrap();
    let charges = stripe.get("/v1/charges?limit=1").await.expect(200);
    assert_eq!(charges["data"][0]["payment_method"], own.as_str(), "Stripe charges it, too");

    // Without one of its own Stripe goes on with the customer's.
    stripe.post_form(&format!("/v1/payment_methods/{own}/detach"), "").await.expect(200);
    let (project, kept) = (merchant.project(), default.clone());
    merchant.hear_from_stripe().await;
    merchant
        .test
        .write(move |_, tx| {
            tx.payment_methods(project).update(&PaymentMethod { is_default: true, ..kept.clone() })
        })
        .await;
    assert_eq!(payer().await.unwrap().id, default.id);
}
