//! Add-ons that renew beside a plan: each is had once, and goes along only with plans that take it.

use jiff::SignedDuration;
use perennial_core::checkout::{
    AddonOrderError, ChargeCheckout, ChargedCheckout, OrderError, StartCheckoutError, charge_checkout,
    place_addons, quote_addons,
};
use perennial_core::subscriptions::{
    ChangePlanError, ChoiceError, CreateAddonError, addons_in_the_way, change_plan, create_addon, end_addon,
    find_current, list_choices,
};
use perennial_domain::{Order, Subscription, SubscriptionChange};
use perennial_testkit::Merchant;

/// `roaming` as something for this plan alone.
fn roaming_only_for(plan: &str) -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let (before, roaming) = catalog.split_at(catalog.find("key = \"roaming\"").unwrap());
    let narrowed = roaming.replace("plans = [\"line\", \"line-large\"]", &format!("plans = [\"{plan}\"]"));
    format!("{before}{narrowed}")
}

async fn buy_roaming(merchant: &Merchant) -> Result<ChargedCheckout, CreateAddonError> {
    let (subscription, roaming) = (merchant.only_subscription().await, merchant.product("roaming").await);
    create_addon(merchant.app(), merchant.project(), subscription.id, roaming.id, None).await
}

/// What a customer sees who wants it now.
async fn look(merchant: &Merchant, subscription: &Subscription) -> Order {
    let (project, customer, id) = (merchant.project(), subscription.customer_id, subscription.id);
    let roaming = merchant.product("roaming").await.id;
    let placed = merchant.app().read(move |_, tx| place_addons(tx, project, customer, id, &[roaming]));
    quote_addons(merchant.app(), placed.await.unwrap(), merchant.app().now()).await.unwrap().order()
}

async fn charge(
    merchant: &Merchant,
    subscription: &Subscription,
    order: Order,
) -> Result<ChargedCheckout, StartCheckoutError> {
    let (project, customer) = (merchant.project(), subscription.customer_id);
    let command = ChargeCheckout { project, customer, connect_session: None, order, request: None };
    charge_checkout(merchant.app(), command).await
}

async fn change(merchant: &Merchant, plan: &'static str) -> Result<SubscriptionChange, ChangePlanError> {
    let command = merchant.change_to(merchant.only_subscription().await.id, plan, None).await;
    change_plan(merchant.app(), command).await
}

/// The plans that can be had instead, and the add-ons but for which there would be some.
async fn choices(merchant: &Merchant) -> (Vec<String>, Vec<String>) {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    let choices = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let plans = list_choices(tx, &current)?.into_iter().map(|plan| plan.product.reference).collect();
        Ok::<_, ChoiceError>((plans, addons_in_the_way(tx, &current)?))
    });
    choices.await.unwrap()
}

#[tokio::test]
async fn what_renews_is_bought_once_by_two_who_looked_at_the_same_time() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let first = look(&merchant, &subscription).await;
    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let second = look(&merchant, &subscription).await;
    assert!(matches!(charge(&merchant, &subscription, first).await, Ok(ChargedCheckout::Paid { .. })));

    let refused = charge(&merchant, &subscription, second).await;
    let roaming = merchant.product("roaming").await.id;
    assert!(
        matches!(refused, Err(StartCheckoutError::AddonAlreadyThere(there)) if there == roaming),
        "{refused:?}"
    );
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.charged().await.len(), 2, "plan and add-on, each once");
}

#[tokio::test]
async fn a_plan_that_does_not_take_what_renews_beside_the_present_one_does_not_fit() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.apply(&roaming_only_for("line")).await;
    assert_eq!(choices(&merchant).await, (vec!["line-large".to_owned()], vec![]));
    buy_roaming(&merchant).await.unwrap();
    assert_eq!(choices(&merchant).await, (vec![], vec!["Abroad".to_owned()]));
    let refused = change(&merchant, "line-large").await;
    assert!(matches!(refused, Err(ChangePlanError::Choice(ChoiceError::DoesNotFit(_)))), "{refused:?}");

    let (project, id) = (merchant.project(), subscription.id);
    let addons = merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await;
    end_addon(merchant.app(), project, addons[0].id).await.unwrap();
    assert_eq!(choices(&merchant).await, (vec!["line-large".to_owned()], vec![]));
    change(&merchant, "line-large").await.unwrap();
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
}

#[tokio::test]
async fn nothing_is_sold_that_would_renew_with_a_plan_to_come_which_does_not_take_it() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    merchant.apply(&roaming_only_for("line-large")).await;
    let looked_at = look(&merchant, &subscription).await;
    change(&merchant, "line").await.unwrap();
    let refused = buy_roaming(&merchant).await;
    let misfit = |error: &CreateAddonError| {
        matches!(error, CreateAddonError::Order(AddonOrderError::Order(OrderError::AddonDoesNotFit(_))))
    };
    assert!(refused.as_ref().is_err_and(misfit), "{refused:?}");
    let charged = charge(&merchant, &subscription, looked_at).await;
    assert!(matches!(charged, Err(StartCheckoutError::AddonDoesNotFit(_))), "{charged:?}");
    assert_eq!(merchant.charged().await, [2900]);
}
