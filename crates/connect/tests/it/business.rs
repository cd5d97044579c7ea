//! The forms of the third door: what a business sees and does, by link.

mod at_once;
mod browsers;
mod cancel;
mod carts;
mod change;
mod crashes;
mod links;
mod parties;
mod purchase;
mod refusals;

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::sweep_carts;
use perennial_core::business::{NewBusiness, NewDirectory, NewStaff, create_business, create_directory};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{BusinessSettings, CustomerId, Email, Id, Payment, Subscription};
use perennial_testkit::{Browser, Merchant, MerchantOptions, Shown};

use crate::guest::routes;

pub(crate) const CATALOG: &str = include_str!("business/catalog.toml");
pub(crate) const UID: &str = "k3r9t0vv21mmq8ba";
/// Where the forms lead in the end.
pub(crate) const SU: &str = "https://desk.example/done?tab=plan";
pub(crate) const CU: &str = "https://desk.example/back";

/// A merchant with one business.
pub(crate) struct House {
    pub(crate) merchant: Merchant,
    pub(crate) business: CustomerId,
}

/// The settings of most tests: one host to lead back to.
pub(crate) fn settings() -> BusinessSettings {
    BusinessSettings { redirect_allow_list: vec!["desk.example".to_owned()], ..BusinessSettings::default() }
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: BusinessSettings) -> Self {
        let options = MerchantOptions { catalog: CATALOG, ..MerchantOptions::default() };
        Self::of(options, settings).await
    }

    /// At a merchant who is different.
    pub(crate) async fn in_shop(options: MerchantOptions) -> Self {
        Self::of(options, settings()).await
    }

    async fn of(options: MerchantOptions, settings: BusinessSettings) -> Self {
        let merchant = Merchant::with(options).await;
        let project = merchant.project();
        set(&merchant, settings).await;
        let directory = NewDirectory { number: None, name: "Quills".to_owned() };
        merchant.app().write(move |cx, tx| create_directory(cx, tx, project, &directory)).await.unwrap();
        let business = Self::found(&merchant, UID, "Quill & Sons").await;
        Self { merchant, business }
    }

    pub(crate) async fn set(&self, settings: BusinessSettings) {
        set(&self.merchant, settings).await;
    }

    pub(crate) async fn found(merchant: &Merchant, uid: &str, name: &str) -> CustomerId {
        let email = Email::parse(&format!("{uid}@quill.example")).unwrap();
        let owner = NewStaff { uid: None, email, full_name: "Ada Quill".to_owned() };
        let new = NewBusiness { uid: Some(uid.to_owned()), name: name.to_owned(), directory: None, owner };
        let project = merchant.project();
        let made = merchant.app().write(move |cx, tx| create_business(cx, tx, project, &new)).await;
        made.unwrap().business.customer_id
    }

    /// The business has bought this, with a card that works and is on file since.
    pub(crate) async fn holding(plan: &'static str) -> Self {
        let house = Self::open().await;
        house.buy(plan).await;
        house
    }

    pub(crate) async fn buy(&self, plan: &'static str) {
        let checkout = self.merchant.open(self.business, plan).await;
        self.merchant.pay(&checkout).await;
        self.merchant.hear_from_stripe().await;
    }

    /// The business has this, free of charge.
    pub(crate) async fn give(&self, plan: &'static str) {
        self.merchant.start(self.business, plan).await.unwrap();
    }

    /// So much later, without anybody at a browser, the sweep looks at carts.
    pub(crate) async fn sweep_carts_after(&self, pause: SignedDuration) {
        self.merchant.test.clock().advance(pause);
        sweep_carts(self.merchant.app()).await.unwrap();
        self.merchant.hear_from_stripe().await;
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(routes(&self.merchant))
    }

    /// What the business has by itself.
    pub(crate) async fn live(&self) -> Vec<Subscription> {
        let all = self.merchant.subscriptions().await.into_iter();
        all.filter(|it| it.is_live() && it.bundled_from_id.is_none()).collect()
    }

    /// The keys of what the business has by itself, in order.
    pub(crate) async fn holds(&self) -> Vec<String> {
        let (project, live) = (self.merchant.project(), self.live().await);
        let keys = self.merchant.test.write(move |_, tx| {
            let mut keys = Vec::new();
            for held in &live {
                keys.extend(tx.products(project).find(held.product_id)?.map(|product| product.reference));
            }
            Ok(keys)
        });
        let mut keys = keys.await;
        keys.sort();
        keys
    }

    /// What the business has paid so far, in cents, oldest first.
    pub(crate) async fn paid(&self) -> Vec<i64> {
        let (project, business) = (self.merchant.project(), self.business);
        let paid =
            self.merchant.test.write(move |_, tx| tx.payments(project).all_of_customer(business)).await;
        let mut paid: Vec<Payment> = paid.into_iter().filter(Payment::has_arrived).collect();
        paid.sort_by_key(|payment| payment.id);
        paid.iter().map(|payment| payment.amount.amount_minor).collect()
    }

    /// From now on this card pays, for what Stripe bills and for what is bought next.
    pub(crate) async fn pay_with(&self, card: &str) {
        let method = self.merchant.keep_card(self.business, card).await.card.stripe_payment_method_id;
        let (project, business) = (self.merchant.project(), self.business);
        let customer = self.merchant.test.write(move |_, tx| tx.customers(project).find(business)).await;
        let customer = customer.and_then(|customer| customer.stripe_customer_id).unwrap();
        let chosen = format!("invoice_settings[default_payment_method]={method}");
        self.merchant.stripe().post_form(&format!("/v1/customers/{customer}"), &chosen).await.expect(200);
        for held in self.live().await {
            if let Some(stripe_id) = held.stripe_subscription_id {
                let path = format!("/v1/subscriptions/{stripe_id}");
                let form = format!("default_payment_method={method}");
                self.merchant.stripe().post_form(&path, &form).await.expect(200);
            }
        }
    }

    /// The price of a product with one price, or with this key, as links name it.
    pub(crate) async fn price(&self, plan: &'static str, key: &'static str) -> String {
        let (project, product) = (self.merchant.project(), self.merchant.product(plan).await);
        let prices =
            self.merchant.test.write(move |_, tx| tx.prices(project).active_of_product(product.id)).await;
        prices.iter().find(|price| price.reference == key).unwrap().id.uuid().to_string()
    }

    /// Pays on the page of Stripe's that a form led to, and comes back.
    pub(crate) async fn pay_and_return(&self, browser: &mut Browser, shown: &Shown) -> Shown {
        browser.get(&self.pay_at_stripe(shown).await).await
    }

    /// Pays on the page of Stripe's that a form led to. Answers where that page leads to.
    pub(crate) async fn pay_at_stripe(&self, shown: &Shown) -> String {
        self.merchant.pay_session(&stripe_session(shown)).await;
        self.way_from_stripe(shown, "success_url").await
    }

    /// Where the customer is led who leaves that page without paying.
    pub(crate) async fn turn_back_at_stripe(&self, shown: &Shown) -> String {
        self.way_from_stripe(shown, "cancel_url").await
    }

    async fn way_from_stripe(&self, shown: &Shown, way: &str) -> String {
        let path = format!("/v1/checkout/sessions/{}", stripe_session(shown));
        let session = self.merchant.stripe().get(&path).await.expect(200);
        session[way].as_str().unwrap().strip_prefix("https://connect.example").unwrap().to_owned()
    }
}

async fn set(merchant: &Merchant, settings: BusinessSettings) {
    let project = merchant.project();
    let patch = ProjectPatch { business: Some(settings), ..ProjectPatch::default() };
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
}

fn stripe_session(shown: &Shown) -> String {
    let page = shown.leads_to().expect(&shown.html);
    page.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap().to_owned()
}

/// The address of a form.
pub(crate) fn form(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{path}?{}", query.finish())
}

/// A change from one SKU to another, with ways back.
pub(crate) fn change(from: &str, to: &str) -> String {
    form(
        "/checkout/change-plan",
        &[("business_uid", UID), ("current_plan", from), ("selected_plan", to), ("su", SU), ("cu", CU)],
    )
}

pub(crate) const CONFIRM: [(&str, &str); 1] = [("action", "confirm")];

pub(crate) fn assert_page(shown: &Shown, status: StatusCode) {
    assert_eq!(shown.status, status, "{}: {}", shown.path(), shown.html);
    assert!(shown.html.starts_with("<!doctype html>"), "{}", shown.path());
}
