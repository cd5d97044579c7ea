//! What is told of each change: the types of docs/webhooks.md, and the changes that used to go untold.

use perennial_core::connect_sessions::{NewSession, Visitor, create};
use perennial_core::events::Happening;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::subscriptions::end_subscription;
use perennial_core::visits::{
    BrowserKey, CheckoutVisit, NumberAnswer, checkout_visit, choose_number, enter, load_visit,
};
use perennial_domain::{
    Appearance, Customer, Goods, Iccid, Intent, NewSubscription, Order, PortingStatus, SimChoice,
    SubscriptionOrder,
};
use perennial_store::tables::PageRequest;
use perennial_testkit::Merchant;
use secrecy::ExposeSecret;

const DOCUMENT: &str = include_str!("../../../../docs/webhooks.md");

/// The types of what was told, in its order, without those that begin differently.
async fn told(merchant: &Merchant, beginnings: &[&str]) -> Vec<String> {
    let project = merchant.project();
    let page = merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(500))).await;
    let types = page.unwrap().items.into_iter().rev().map(|event| event.event_type);
    types.filter(|told| beginnings.iter().any(|beginning| told.starts_with(beginning))).collect()
}

#[test]
fn every_type_is_in_the_document_and_no_other() {
    let table = DOCUMENT.split("## What is told").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = table.expect("the document has the table").lines().filter(|line| line.starts_with("| `"));
    let mut listed = Vec::new();
    for row in rows {
        let cells = row.split('|').map(str::trim).collect::<Vec<_>>();
        let resource = cells[1].trim_matches('`');
        listed.extend(cells[2].split(' ').map(|suffix| format!("{resource}.{}", suffix.trim_matches('`'))));
    }
    let mut known = Happening::ALL.iter().map(|what| what.as_str().to_owned()).collect::<Vec<_>>();
    listed.sort();
    known.sort();
    assert_eq!(listed, known);
}

#[tokio::test]
async fn a_sim_is_told_of_when_its_subscription_ends() {
    let merchant = Merchant::new().await;
    let subscription = merchant.sell("line").await;
    merchant.work().await;
    assert_eq!(told(&merchant, &["sim."]).await, ["sim.created", "sim.activated"]);
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    assert_eq!(told(&merchant, &["sim."]).await, ["sim.created", "sim.activated", "sim.deactivated"]);
}

#[tokio::test]
async fn a_sim_that_a_customer_brings_is_told_of() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let iccid = Iccid::with_check_digit("8931", 42);
    let order = changed(merchant.order("line").await, |goods| goods.sim = SimChoice::Own(iccid.to_string()));
    let checkout = merchant.open_order(customer.id, order).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant.work().await;
    assert_eq!(told(&merchant, &["sim."]).await, ["sim.created", "sim.activated"]);
}

fn changed(order: Order, change: impl FnOnce(&mut SubscriptionOrder)) -> Order {
    let Goods::Subscription(mut goods) = order.goods else { panic!("an order of a plan: {order:?}") };
    change(&mut goods);
    Order { goods: Goods::Subscription(goods), ..order }
}

/// A customer who is about to buy a line.
async fn buying(merchant: &Merchant, customer: &Customer) -> CheckoutVisit {
    let intent = Intent::CheckoutNewSubscription(NewSubscription {
        plan: merchant.product("line").await.id,
        sim: None,
        device: None,
        imei: None,
        addons: Vec::new(),
        voucher_code: None,
    });
    let visitor = Some(Visitor::Known(customer.id));
    let request = NewSession { intent, callback: None, appearance: Appearance::default(), visitor };
    let (project, lifetime) = (merchant.project(), merchant.app().settings().link_lifetime);
    let opened =
        merchant.app().write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await.unwrap();
    let entered =
        enter(merchant.app(), opened.session.id, opened.token.unwrap().expose_secret()).await.unwrap();
    let key = BrowserKey(entered.browser_key.expose_secret().to_owned());
    let session = entered.session.id;
    let visit = merchant.app().read(move |cx, tx| load_visit(cx, tx, session, &key)).await.unwrap();
    merchant.app().read(move |_, tx| checkout_visit(tx, visit)).await.unwrap()
}

async fn bring_number(merchant: &Merchant, visit: &CheckoutVisit, digit: u32, account: Option<&str>) {
    let account_number = account.map(str::to_owned);
    let answer = NumberAnswer::Keep { phone_number: format!("+3165550010{digit}"), account_number };
    let visit = visit.clone();
    merchant.app().write(move |cx, tx| choose_number(cx, tx, &visit, &answer)).await.unwrap();
}

#[tokio::test]
async fn a_porting_is_told_of_from_its_beginning_to_its_end() {
    let merchant = Merchant::new().await;
    let (project, customer) = (merchant.project(), merchant.customer("ada@example.com").await);
    let visit = buying(&merchant, &customer).await;
    bring_number(&merchant, &visit, 1, None).await;
    bring_number(&merchant, &visit, 1, None).await;
    assert_eq!(told(&merchant, &["porting."]).await, ["porting.created"], "the same again is no news");
    bring_number(&merchant, &visit, 1, Some("7-42")).await;
    assert_eq!(told(&merchant, &["porting."]).await, ["porting.created", "porting.updated"]);
    for digit in 2..=6 {
        merchant.test.clock().advance(jiff::SignedDuration::from_secs(1));
        bring_number(&merchant, &visit, digit, None).await;
    }
    let before = told(&merchant, &["porting."]).await;
    assert_eq!(before.iter().filter(|told| *told == "porting.canceled").count(), 1);

    let drafts = merchant.test.write(move |_, tx| tx.portings(project).drafts_of(customer.id)).await;
    let porting = drafts[0].id;
    let order = changed(merchant.order("line").await, |goods| goods.porting_id = Some(porting));
    let checkout = merchant.open_order(customer.id, order).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let after = told(&merchant, &["porting."]).await;
    assert_eq!(after[before.len()..], ["porting.updated"]);
    let attached = merchant.test.write(move |_, tx| tx.portings(project).find(porting)).await.unwrap();
    assert_eq!(attached.status, PortingStatus::Pending);
}

#[tokio::test]
async fn a_card_is_told_of_as_made_and_confirmed() {
    let merchant = Merchant::new().await;
    merchant.sell("line").await;
    merchant.work().await;
    assert_eq!(
        told(&merchant, &["paymentMethod."]).await,
        ["paymentMethod.created", "paymentMethod.confirmed"]
    );
}

#[tokio::test]
async fn a_project_is_told_of_when_it_changes_and_not_when_nothing_does() {
    let merchant = Merchant::new().await;
    let project = merchant.project();
    for _ in 0..2 {
        let patch = ProjectPatch { name: Some("Heron".to_owned()), ..ProjectPatch::default() };
        merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
    }
    assert_eq!(told(&merchant, &["project."]).await, ["project.updated"]);
}
