//! A SIM or a number that is not free, or not any more.

use perennial_core::checkout::{Settlement, settle_checkout};
use perennial_core::sims;
use perennial_core::store::tables::{PageRequest, SimFilter};
use perennial_domain::{
    CheckoutState, Customer, Intent, NamedSim, NewSubscription, Outcome, Sim, SimStatus, SimType, TestSim,
};
use perennial_testkit::{Browser, Merchant, Shown, rows};

use crate::guest::{Guest, routes};
use crate::purchase::{checkout_of, outcome_of};

const CATALOG: &str = include_str!("../../../testkit/src/merchant.toml");
/// Of the pages in English.
const LOST_SIM: &str = "The SIM that was chosen cannot be used for this plan any more";
const LOST_NUMBER: &str = "Your number can no longer be brought to this plan";

/// A recorded SIM, changed from a free eSIM of the right network.
async fn sim(merchant: &Merchant, change: impl Fn(&mut Sim) + Send + Sync + 'static) -> NamedSim {
    let project = merchant.project();
    let kept = merchant.test.write(move |cx, tx| {
        let mut sim = rows::esim(cx, project, 7);
        change(&mut sim);
        tx.sims(project).insert(&sim)?;
        Ok(NamedSim::Recorded(sim.id))
    });
    kept.await
}

/// A browser of somebody whom the app sent with this SIM, on the first page that they see.
async fn sent_with(merchant: &Merchant, customer: &Customer, plan: &'static str, sim: NamedSim) -> Visit {
    let guest = Guest::sent(merchant, customer, plan, |purchase| purchase.sim = Some(sim)).await;
    let mut browser = Browser::new(routes(merchant));
    let page = browser.follow(&guest.link).await;
    Visit { guest, browser, page }
}

struct Visit {
    guest: Guest,
    browser: Browser,
    page: Shown,
}

impl Visit {
    async fn leave(&mut self) -> String {
        let form_token = self.page.hidden("form_token").unwrap();
        let path = format!("/checkout/{}/leave", self.guest.session);
        self.browser.post(&path, &[("form_token", &form_token)]).await.leads_to().unwrap()
    }

    /// Sends the page that is shown.
    async fn send(&mut self, answers: &[(&str, &str)]) {
        self.page = self.browser.submit(&self.page, answers).await;
    }

    /// Pays on Stripe's page, and comes back.
    async fn pay(&mut self, merchant: &Merchant) {
        merchant.pay(&checkout_of(merchant, &self.guest).await).await;
        self.come_back().await;
    }

    async fn come_back(&mut self) {
        self.page = self.browser.follow(&format!("/checkout/{}/return", self.guest.session)).await;
    }
}

#[tokio::test]
async fn a_named_sim_that_is_in_use_leads_out_as_bad_configuration() {
    let merchant = Merchant::new().await;
    let subscription = merchant.sell("prepaid").await;
    let (project, id) = (merchant.project(), subscription.customer_id);
    let customer = merchant.test.write(move |_, tx| tx.customers(project).find(id)).await.unwrap();
    let opened = merchant.line.count("POST /v1/checkout/sessions");

    let mut visit =
        sent_with(&merchant, &customer, "prepaid", NamedSim::Recorded(subscription.sim_id.unwrap())).await;

    assert!(visit.page.html.contains("This SIM does not fit the plan"), "{}", visit.page.html);
    assert!(visit.leave().await.ends_with("&status=bad_configuration"));
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), opened);
}

#[tokio::test]
async fn a_named_sim_that_does_not_fit_leads_out_as_bad_configuration() {
    type Change = fn(&mut Sim);
    let unfit: [(&str, &str, Change); 4] = [
        ("retired", "prepaid", |sim| sim.status = SimStatus::Retired),
        ("of another network", "prepaid", |sim| sim.provider = "other".to_owned()),
        ("of plastic", "prepaid", |sim| sim.sim_type = SimType::Psim),
        ("for software", "notebook-lifetime", |_| {}),
    ];
    for (name, plan, change) in unfit {
        let merchant = Merchant::new().await;
        let customer = merchant.customer("ada@example.com").await;
        let sim = sim(&merchant, change).await;
        let mut visit = sent_with(&merchant, &customer, plan, sim).await;
        assert!(visit.leave().await.ends_with("&status=bad_configuration"), "{name}");
        assert_eq!(outcome_of(&merchant, &visit.guest).await, Some(Outcome::BadConfiguration), "{name}");
    }
}

#[tokio::test]
async fn a_placeholder_leads_past_the_question_and_becomes_a_sim_of_the_buyers_own() {
    let merchant = Merchant::new().await;
    let mut iccids = Vec::new();
    for email in ["ada@example.com", "grace@example.com"] {
        let customer = merchant.customer(email).await;
        let placeholder = NamedSim::Test(TestSim::Esim);
        let mut visit = sent_with(&merchant, &customer, "prepaid", placeholder).await;
        assert!(visit.page.path().ends_with("/review"), "{}", visit.page.path());
        visit.send(&[("action", "pay")]).await;
        visit.pay(&merchant).await;
        assert!(
            visit.page.html.contains("smdp.test.example"),
            "it is installed as any other: {}",
            visit.page.html
        );
        let (project, customer) = (merchant.project(), customer.id);
        let filter = SimFilter { customer: Some(customer), ..SimFilter::default() };
        let sims =
            merchant.app().read_page(move |tx| sims::page(tx, project, &filter, PageRequest::first(2)));
        let [sim] = sims.await.unwrap().items.try_into().unwrap();
        assert_eq!((sim.sim_type, sim.status), (SimType::Esim, SimStatus::Active));
        iccids.push(sim.iccid.to_string());
    }
    assert!(iccids.iter().all(|iccid| iccid.starts_with("8942424242")), "{iccids:?}");
    assert_ne!(iccids[0], iccids[1]);
}

#[tokio::test]
async fn a_placeholder_that_does_not_fit_leads_out_as_bad_configuration() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let mut visit = sent_with(&merchant, &customer, "prepaid", NamedSim::Test(TestSim::Psim)).await;
    assert!(visit.leave().await.contains("status=bad_configuration"));

    merchant.apply(&CATALOG.replace("provider = \"test\"", "provider = \"heron\"")).await;
    let mut visit = sent_with(&merchant, &customer, "prepaid", NamedSim::Test(TestSim::Esim)).await;
    assert!(visit.leave().await.contains("status=bad_configuration"));
}

#[tokio::test]
async fn a_named_sim_that_another_purchase_took_is_asked_for_again_before_money() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let sim = sim(&merchant, |_| {}).await;
    let mut first = sent_with(&merchant, &customer, "prepaid", sim).await;
    let mut second = sent_with(&merchant, &customer, "prepaid", sim).await;
    first.send(&[("action", "pay")]).await;
    first.pay(&merchant).await;
    let opened = merchant.line.count("POST /v1/checkout/sessions");

    second.send(&[("action", "pay")]).await;

    assert!(second.page.path().ends_with("/sim"), "{}", second.page.path());
    assert!(second.page.html.contains(LOST_SIM), "{}", second.page.html);
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), opened, "Stripe was asked");
    second.send(&[("action", "continue"), ("sim_choice", "new")]).await;
    second.send(&[("action", "pay")]).await;
    second.pay(&merchant).await;
    assert!(second.page.path().ends_with("/done"), "{}", second.page.path());
    assert_eq!(merchant.subscriptions().await.len(), 2);
}

#[tokio::test]
async fn an_own_sim_that_waits_in_a_second_visit_is_asked_for_again_before_money() {
    let merchant = Merchant::new().await;
    merchant.apply(&CATALOG.replace("exclusive_group = \"line\"\n", "")).await;
    let customer = merchant.customer("ada@example.com").await;
    let mut visits = [
        Guest::sent(&merchant, &customer, "line", |_| {}).await,
        Guest::sent(&merchant, &customer, "line", |_| {}).await,
    ]
    .map(|guest| (guest, Browser::new(routes(&merchant))));
    let mut at_review = Vec::new();
    for (guest, browser) in &mut visits {
        let page = browser.follow(&guest.link).await;
        let own = [("action", "continue"), ("sim_choice", "own"), ("iccid", "8931000000000000421")];
        let page = browser.submit(&page, &own).await;
        at_review.push(browser.submit(&page, &[("action", "continue"), ("number_choice", "new")]).await);
    }
    let [(first, first_browser), (_, second_browser)] = &mut visits;
    first_browser.submit(&at_review[0], &[("action", "pay")]).await;
    merchant.pay(&checkout_of(&merchant, first).await).await;
    first_browser.follow(&format!("/checkout/{}/return", first.session)).await;

    let asked = second_browser.submit(&at_review[1], &[("action", "pay")]).await;

    assert!(asked.path().ends_with("/sim") && asked.html.contains(LOST_SIM), "{}", asked.html);
}

#[tokio::test]
async fn a_number_that_went_to_another_plan_is_asked_for_again_before_money() {
    let merchant = Merchant::new().await;
    merchant.apply(&CATALOG.replace("exclusive_group = \"line\"\n", "")).await;
    let customer = merchant.customer("ada@example.com").await;
    let keep = [("action", "continue"), ("number_choice", "keep"), ("phone_number", "+31 970 555 010")];
    let mut visits = Vec::new();
    for _ in 0..2 {
        let guest = Guest::sent(&merchant, &customer, "line", |_| {}).await;
        let mut browser = Browser::new(routes(&merchant));
        let page = browser.follow(&guest.link).await;
        let mut visit = Visit { guest, browser, page };
        visit.send(&[("action", "continue"), ("sim_choice", "new")]).await;
        visit.send(&keep).await;
        visits.push(visit);
    }
    let [first, second] = visits.as_mut_slice() else { unreachable!() };
    first.send(&[("action", "pay")]).await;
    first.pay(&merchant).await;

    second.send(&[("action", "pay")]).await;

    assert!(second.page.path().ends_with("/number"), "{}", second.page.path());
    assert!(second.page.html.contains(LOST_NUMBER), "{}", second.page.html);
    second.send(&[("action", "continue"), ("number_choice", "new")]).await;
    second.send(&[("action", "pay")]).await;
    assert!(second.page.leads_to().unwrap().starts_with("http://stripe.test/c/pay/"));
}

#[tokio::test]
async fn who_paid_for_a_sim_that_another_customer_took_is_told_so_and_may_choose_again() {
    let merchant = Merchant::new().await;
    let sim = sim(&merchant, |_| {}).await;
    let plan = merchant.product("prepaid").await.id;
    let mut visits = Vec::new();
    for email in ["ada@example.com", "grace@example.com"] {
        let customer = merchant.customer(email).await;
        let purchase = NewSubscription {
            plan,
            sim: Some(sim),
            device: None,
            imei: None,
            addons: Vec::new(),
            voucher_code: None,
        };
        let intent = Intent::CheckoutNewSubscription(purchase);
        let guest = Guest::without_callback(&merchant, customer.id, intent).await;
        let mut browser = Browser::new(routes(&merchant));
        let page = browser.follow(&guest.link).await;
        let mut visit = Visit { guest, browser, page };
        visit.send(&[("action", "pay")]).await;
        visits.push(visit);
    }
    let [first, second] = visits.as_mut_slice() else { unreachable!() };
    first.pay(&merchant).await;
    second.pay(&merchant).await;

    assert!(second.page.html.contains("Your plan could not be started"), "{}", second.page.html);
    assert!(second.page.html.contains("Try again"), "{}", second.page.html);
    second.page = second.browser.follow(&format!("/checkout/{}", second.guest.session)).await;
    assert!(second.page.path().ends_with("/sim") && second.page.html.contains(LOST_SIM));
    assert_eq!(checkout_of(&merchant, &second.guest).await.state, CheckoutState::Superseded);
}

#[tokio::test]
async fn who_paid_twice_is_told_so_and_the_app_hears_that_they_left() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let guest = Guest::sent(&merchant, &customer, "line", |_| {}).await;
    let (mut browser, review) = crate::purchase::at_the_review(&merchant, &guest).await;
    browser.submit(&review, &[("action", "pay")]).await;
    let late = checkout_of(&merchant, &guest).await;
    // Nobody hears of the first payment, and its row looks given up: another plan is bought and paid meanwhile.
    merchant.pay(&late).await;
    merchant.give_up(&late, CheckoutState::Abandoned).await;
    let other = merchant.open(customer.id, "line-large").await;
    merchant.pay(&other).await;
    let settled = settle_checkout(merchant.app(), merchant.project(), other.id).await.unwrap();
    assert!(matches!(settled, Settlement::Settled(_)));

    let page = browser.follow(&format!("/checkout/{}/return", guest.session)).await;

    assert!(page.html.contains("You already have a plan like this"), "{}", page.html);
    let mut visit = Visit { guest, browser, page };
    assert!(visit.leave().await.ends_with("&status=user_aborted"));
}
