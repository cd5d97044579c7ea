//! First payments of a plan that are made while the customer is away, and do not go through: what they are told.

use jiff::SignedDuration;
use perennial_core::checkout::withdraw_checkout;
use perennial_core::ports::MailContent;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::subscriptions::{change_plan, sweep_subscription_changes};
use perennial_domain::{
    ChangeTime, DeclineReason, FirstPaymentFailed, MailSettings, SubscriptionChangeState, SubscriptionState,
};
use perennial_testkit::Merchant;
use secrecy::ExposeSecret;

/// Can be saved, and is refused when charged.
const DECLINES: &str = "pm_card_chargeCustomerFail";
/// Asks its owner at every charge.
const ASKS: &str = "pm_card_authenticationRequired";

/// A customer whose free line becomes a paid one with the renewal, paid by this card, which came after they chose.
async fn waiting_with(card: &str) -> Merchant {
    let merchant = Merchant::with_line_for_nothing().await;
    let customer = merchant.customer("ada@example.com").await.id;
    merchant.start(customer, "line-free").await.unwrap();
    merchant.work().await;
    // Stripe knows who has looked at its page.
    let checkout = merchant.open(customer, "notebook-lifetime").await;
    withdraw_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    merchant.keep_card(customer, "pm_card_visa").await;
    choose(&merchant, "line").await;
    merchant.keep_card(customer, card).await;
    merchant.test.pigeon().take();
    merchant
}

async fn choose(merchant: &Merchant, plan: &'static str) {
    let command =
        merchant.change_to(merchant.only_subscription().await.id, plan, Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap();
}

/// The day comes, and everything that it brings.
async fn the_day_comes(merchant: &Merchant) {
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    for _ in 0..2 {
        sweep_subscription_changes(merchant.app()).await.unwrap();
        merchant.work().await;
        merchant.hear_from_stripe().await;
    }
}

/// What was told, and where it leads.
fn told(merchant: &Merchant) -> Vec<(FirstPaymentFailed, String, String)> {
    let mails = merchant.test.pigeon().take().into_iter();
    let told = mails.filter_map(|mail| match mail.content {
        MailContent::FirstPaymentFailed { plan, kept, failed, url } => {
            Some((failed, format!("{plan}, not {kept}"), url.expose_secret().to_owned()))
        }
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn a_card_that_is_declined_on_the_day_is_told_once_and_the_free_plan_is_kept() {
    let merchant = waiting_with(DECLINES).await;
    the_day_comes(&merchant).await;
    let [(failed, plans, url)] = told(&merchant).try_into().unwrap();
    assert_eq!((failed.reason, failed.amount.amount_minor), (Some(DeclineReason::Declined), 1450));
    assert_eq!(plans, "Heron Line, not Heron Line Free");
    assert!(url.starts_with("https://connect.example/portal/entry?session=csn_"), "{url}");
    let kept = merchant.only_subscription().await;
    assert_eq!(
        (kept.product_id, kept.state),
        (merchant.product("line-free").await.id, SubscriptionState::Active)
    );
}

#[tokio::test]
async fn a_bank_that_asks_for_its_customer_is_named_as_the_reason() {
    let merchant = waiting_with(ASKS).await;
    the_day_comes(&merchant).await;
    let [(failed, ..)] = told(&merchant).try_into().unwrap();
    assert_eq!(failed.reason, Some(DeclineReason::NotAuthenticated));
}

#[tokio::test]
async fn a_card_that_is_gone_is_no_card() {
    let merchant = waiting_with(ASKS).await;
    let (project, customer) = (merchant.project(), merchant.only_subscription().await.customer_id);
    merchant
        .test
        .write(move |cx, tx| {
            for mut card in tx.payment_methods(project).of_customer(customer)? {
                (card.detached_at, card.is_default) = (Some(cx.now()), false);
                tx.payment_methods(project).update(&card)?;
            }
            Ok(())
        })
        .await;
    the_day_comes(&merchant).await;
    let [(failed, ..)] = told(&merchant).try_into().unwrap();
    assert_eq!(failed.reason, None);
}

#[tokio::test]
async fn who_has_chosen_again_before_the_mail_was_sent_is_told_nothing() {
    let merchant = waiting_with(DECLINES).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    sweep_subscription_changes(merchant.app()).await.unwrap();
    choose(&merchant, "line").await;
    merchant.work().await;
    assert!(told(&merchant).is_empty());
}

#[tokio::test]
async fn a_project_that_wants_no_such_mails_sends_none() {
    let merchant = waiting_with(DECLINES).await;
    let project = merchant.project();
    let mails = MailSettings { failed_renewals: false, ..MailSettings::default() };
    let quiet = ProjectPatch { mails: Some(mails), ..ProjectPatch::default() };
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &quiet)).await.unwrap();
    the_day_comes(&merchant).await;
    assert!(told(&merchant).is_empty());
}

/// The first payment in another rhythm is an invoice of Stripe's for a change, and no renewal.
#[tokio::test]
async fn a_plan_of_another_rhythm_that_is_not_paid_on_its_day_is_told_by_its_name() {
    let merchant = Merchant::new().await;
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let (before, large) = catalog.split_once("key = \"line-large\"").unwrap();
    let yearly = large.replacen("every = \"1 month\"", "every = \"1 year\"", 1);
    merchant.apply(&format!("{before}key = \"line-large\"{yearly}")).await;
    let subscription = merchant.sell("line").await;
    choose(&merchant, "line-large").await;
    let card = merchant.keep_card(subscription.customer_id, DECLINES).await.card.stripe_payment_method_id;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    merchant.stripe().post_form(&path, &format!("default_payment_method={card}")).await.expect(200);
    merchant.hear_from_stripe().await;
    merchant.test.pigeon().take();

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    for _ in 0..2 {
        merchant.hear_from_stripe().await;
    }
    let mails = merchant.test.pigeon().take();
    let [mail] = &mails[..] else { panic!("one mail was expected: {mails:?}") };
    let MailContent::RenewalFailed { plan, failed, .. } = &mail.content else { panic!("{mail:?}") };
    assert_eq!((plan.as_str(), failed.amount.amount_minor), ("Heron Line Large", 2900));
    let project = merchant.project();
    let open =
        merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(subscription.id)).await;
    assert_eq!(open.unwrap().state, SubscriptionChangeState::Pending);
}
