//! Mails: each once, true when it is sent, and no secret left behind.

use jiff::SignedDuration;
use perennial_core::checkout::{ChargeCheckout, charge_checkout, place_addons, quote_addons};
use perennial_core::mails::{mailed_to, queue, send_mail};
use perennial_core::ports::{Ending, Mail, MailContent, ReceiptLine};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::subscriptions::{cancel_subscription, end_subscription, resume_subscription};
use perennial_domain::{
    Cancellation, CancellationCause, DeclineReason, Letter, MailSettings, MailState, Money, Payment,
    QueuedMail, Remedy, RenewalFailed, Subscription,
};
use perennial_testkit::{Merchant, Weather};
use secrecy::ExposeSecret;

/// A customer with a subscription to this plan; the mails so far are taken away.
async fn subscribed(merchant: &Merchant, plan: &'static str) -> Subscription {
    let subscription = merchant.sell(plan).await;
    merchant.test.pigeon().take();
    subscription
}

async fn outbox(merchant: &Merchant) -> Vec<QueuedMail> {
    let project = merchant.project();
    merchant.test.write(move |_, tx| tx.mails(project).newest(20)).await
}

async fn payments(merchant: &Merchant) -> Vec<Payment> {
    let (project, subscription) = (merchant.project(), merchant.subscriptions().await.remove(0).id);
    merchant.test.write(move |_, tx| tx.payments(project).of_subscription(subscription)).await
}

async fn cancel(merchant: &Merchant, subscription: &Subscription) {
    let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, cancellation).await.unwrap();
}

fn receipt_total(mail: &Mail) -> i64 {
    match &mail.content {
        MailContent::Receipt(receipt) => receipt.total.amount_minor,
        other => panic!("a receipt was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn a_first_payment_is_receipted_once_line_by_line() {
    let merchant = Merchant::new().await;
    merchant.sell("line").await;
    merchant.hear_from_stripe().await;

    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    assert_eq!(mail.to.as_str(), "ada@example.com");
    let MailContent::Receipt(receipt) = &mail.content else { panic!("{mail:?}") };
    let lines = receipt.lines.iter().map(|line| line.amount().amount_minor).sum::<i64>();
    assert_eq!(lines, receipt.total.amount_minor);
    assert!(matches!(&receipt.lines[0], ReceiptLine::Product(name, _) if !name.is_empty()));
    assert!(receipt.next.is_some(), "the line renews");
    assert_eq!(receipt.card.as_ref().unwrap().last4, "4242");
    assert_eq!(outbox(&merchant).await[0].state, MailState::Sent);
}

#[tokio::test]
async fn a_receipt_for_what_is_bought_once_names_the_card_as_well() {
    let merchant = Merchant::new().await;
    subscribed(&merchant, "prepaid").await;
    let [payment] = payments(&merchant).await.try_into().unwrap();
    assert!(payment.attempts.payment_method.unwrap().starts_with("pm_"));
}

#[tokio::test]
async fn a_receipt_names_the_addons_that_were_paid_for_a_part_of_a_period() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
    let wanted = [merchant.product("extra-data").await.id, merchant.product("roaming").await.id];
    let (project, customer, id) = (merchant.project(), subscription.customer_id, subscription.id);
    let placed =
        merchant.app().read(move |_, tx| place_addons(tx, project, customer, id, &wanted)).await.unwrap();
    let quoted = quote_addons(merchant.app(), placed, merchant.app().now()).await.unwrap();
    let due = quoted.due_now;
    let order = quoted.order();
    let command = ChargeCheckout { project, customer, connect_session: None, order, request: None };
    charge_checkout(merchant.app(), command).await.unwrap();
    merchant.work().await;

    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    let MailContent::Receipt(receipt) = &mail.content else { panic!("{mail:?}") };
    let once = Money::new(500, due.currency);
    let rest = Money::new(due.amount_minor - 500, due.currency);
    let expected =
        [ReceiptLine::Product("Abroad".to_owned(), rest), ReceiptLine::Product("Five more".to_owned(), once)];
    assert_eq!(receipt.lines, expected);
    assert_eq!(receipt.total, due);
}

#[tokio::test]
async fn a_receipt_whose_sum_holds_tax_names_every_addon() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let (project, customer) = (merchant.project(), subscription.customer_id);
    let command = ChargeCheckout { project, customer, connect_session: None, order, request: None };
    charge_checkout(merchant.app(), command).await.unwrap();
    merchant.work().await;
    merchant.test.pigeon().take();
    let payments = payments(&merchant).await;
    let taxed = payments.into_iter().find(|payment| payment.amount.amount_minor == 500).unwrap();
    let taxed = Payment { amount: Money::new(595, taxed.amount.currency), ..taxed };
    let total = taxed.amount;
    merchant
        .test
        .write(move |cx, tx| {
            let stripe_reference = "in_taxed".to_owned();
            let taxed = Payment { id: cx.id(), stripe_reference, ..taxed.clone() };
            tx.payments(project).insert(&taxed)?;
            queue(cx, tx, project, customer, Letter::Receipt { payment: taxed.id })
        })
        .await;
    merchant.work().await;

    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    let MailContent::Receipt(receipt) = &mail.content else { panic!("{mail:?}") };
    assert_eq!(receipt.lines, [ReceiptLine::Product("Five more".to_owned(), total)]);
}

#[tokio::test]
async fn a_mail_is_promised_to_whom_it_goes_and_to_nobody_else() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    let [payment] = payments(&merchant).await.try_into().unwrap();
    let receipt = Letter::Receipt { payment: payment.id };
    let promised = mailed_to(merchant.app(), merchant.project(), receipt).await.unwrap();
    assert_eq!(promised.unwrap().as_str(), "ada@example.com");
    let never =
        Letter::CancellationConfirmed { subscription: subscription.id, canceled_at: subscription.created_at };
    assert_eq!(mailed_to(merchant.app(), merchant.project(), never).await.unwrap(), None);
}

#[tokio::test]
async fn every_renewal_is_receipted_once() {
    let merchant = Merchant::new().await;
    subscribed(&merchant, "line").await;
    for _ in 0..2 {
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
        merchant.sandbox.tick().await.unwrap();
        merchant.hear_from_stripe().await;
        merchant.hear_from_stripe().await;
        let mails = merchant.test.pigeon().take();
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(receipt_total(&mails[0]) > 0);
    }
}

#[tokio::test]
async fn a_payment_that_goes_back_is_not_receipted() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let first = merchant.open(customer.id, "line").await;
    merchant.pay(&first).await;
    merchant.hear_from_stripe().await;
    let (project, payments) = (merchant.project(), merchant.payments(&first).await);
    merchant.test.pigeon().take();
    merchant
        .test
        .write(move |cx, tx| {
            let mut payment = payments[0].clone();
            payment.id = cx.id();
            payment.stripe_reference = "in_later".to_owned();
            payment.state = perennial_domain::PaymentState::Refunded;
            tx.payments(project).insert(&payment)?;
            queue(cx, tx, project, payment.customer_id, Letter::Receipt { payment: payment.id })
        })
        .await;
    merchant.work().await;
    assert!(merchant.test.pigeon().take().is_empty());
    assert_eq!(outbox(&merchant).await[0].state, MailState::Skipped);
}

#[tokio::test]
async fn a_cancellation_is_confirmed_once_however_it_is_told() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    cancel(&merchant, &subscription).await;
    cancel(&merchant, &subscription).await;
    merchant.hear_from_stripe().await;

    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    let paid_until = subscription.current_period.unwrap().end.unwrap();
    assert!(
        matches!(&mail.content, MailContent::Cancellation { ending: Ending::At(end), .. } if *end == paid_until),
        "{mail:?}"
    );
}

#[tokio::test]
async fn a_cancellation_that_was_taken_back_before_its_mail_went_is_not_told() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    cancel(&merchant, &subscription).await;
    resume_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    merchant.hear_from_stripe().await;
    assert!(merchant.test.pigeon().take().is_empty());

    merchant.test.clock().advance(SignedDuration::from_secs(1));
    cancel(&merchant, &subscription).await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.test.pigeon().take().len(), 1, "another decision is another mail");
}

#[tokio::test]
async fn an_end_at_once_says_that_it_is_over() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    merchant.hear_from_stripe().await;
    let mails = merchant.test.pigeon().take();
    assert!(
        matches!(&mails[..], [mail] if matches!(mail.content, MailContent::Cancellation { ending: Ending::AtOnce, .. })),
        "{mails:?}"
    );
}

#[tokio::test]
async fn a_mail_waits_for_its_server_and_a_refused_one_does_not() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    merchant.test.pigeon().set_weather(Weather::Storm);
    cancel(&merchant, &subscription).await;
    merchant.work().await;
    assert_eq!(outbox(&merchant).await[0].state, MailState::Waiting);

    merchant.test.pigeon().set_weather(Weather::Closed);
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    merchant.work().await;
    let refused = outbox(&merchant).await.remove(0);
    assert_eq!((refused.state, refused.note.as_deref()), (MailState::Refused, Some("550 no such mailbox")));

    merchant.test.pigeon().set_weather(Weather::Fair);
    merchant.test.clock().advance(SignedDuration::from_hours(24));
    merchant.work().await;
    send_mail(merchant.app(), merchant.project(), refused.id).await.unwrap();
    assert!(merchant.test.pigeon().take().is_empty(), "what is refused for good is not tried again");
}

#[tokio::test]
async fn the_link_in_a_mail_is_kept_nowhere() {
    let merchant = Merchant::new().await;
    let subscription = subscribed(&merchant, "line").await;
    let (project, owned) = (merchant.project(), subscription.clone());
    let payment = merchant
        .test
        .write(move |cx, tx| {
            let mut payment = tx.payments(project).of_subscription(owned.id)?.remove(0);
            payment.id = cx.id();
            payment.stripe_reference = "in_open".to_owned();
            payment.state = perennial_domain::PaymentState::Failed;
            tx.payments(project).insert(&payment)?;
            let failed = RenewalFailed {
                payment: payment.id,
                subscription: owned.id,
                amount: Money::new(1_450, payment.amount.currency),
                failed_at: cx.now(),
                next_try_at: None,
                is_usable: true,
                reason: DeclineReason::ExpiredCard,
                remedy: Remedy::AnotherCard,
            };
            queue(cx, tx, project, owned.customer_id, Letter::RenewalFailed(failed.clone()))?;
            queue(cx, tx, project, owned.customer_id, Letter::RenewalFailed(failed))?;
            Ok(payment.id)
        })
        .await;
    merchant.work().await;

    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    let MailContent::RenewalFailed { url, failed, .. } = &mail.content else { panic!("{mail:?}") };
    assert_eq!(failed.payment, payment);
    let (_, token) = url.expose_secret().split_once("&token=").unwrap();
    assert_eq!(token.len(), 64);
    assert!(url.expose_secret().starts_with("https://connect.example/portal/entry?session=csn_"));
    let kept = format!("{:?}", outbox(&merchant).await);
    assert!(!kept.contains(token));
    assert!(!format!("{mail:?}").contains(token), "nor is it in a log");
}

#[tokio::test]
async fn a_project_decides_which_mails_its_customers_get() {
    let merchant = Merchant::new().await;
    let project = merchant.project();
    let quiet = ProjectPatch {
        mails: Some(MailSettings { receipts: false, ..MailSettings::default() }),
        ..ProjectPatch::default()
    };
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &quiet)).await.unwrap();
    merchant.sell("line").await;
    assert!(outbox(&merchant).await.is_empty());
}
