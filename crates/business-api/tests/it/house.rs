//! The door under test, and what stands behind it: a merchant with packages and an app, a Stripe in this process, and
//! businesses with tokens.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use perennial_business_api::{BusinessOptions, BusinessTeller, router};
use perennial_core::business::{
    NewApp, NewBusiness, NewDirectory, NewStaff, NewToken, add_staff, create_app, create_business,
    create_directory, create_token,
};
use perennial_core::checkout::{StartCheckout, Started, start_checkout};
use perennial_core::ports::Teller;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::store::tables::BusinessView;
use perennial_core::subscriptions::turn_due_subscriptions;
use perennial_domain::{
    AppKind, BusinessApp, BusinessSettings, CheckoutTerms, CustomerStatus, Email, Member, TokenGrant,
};
use perennial_testkit::{Answer, Caller, Merchant, MerchantOptions, PlainTeller};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

pub(crate) const CATALOG: &str = include_str!("house.toml");

pub(crate) const BUSINESS: &str = "k3r9t0vv21mmq8ba";
pub(crate) const OWNER: &str = "p0s8d7f6g5h4j3k2";
pub(crate) const V1: &str = "/business/subscriptionsmng/v1";
pub(crate) const SUBSCRIPTIONS: &str = "/business/subscriptionsmng/v1/subscriptions";

pub(crate) struct House {
    pub(crate) merchant: Merchant,
    routes: Router,
    pub(crate) business: BusinessView,
    /// With a token of the business.
    pub(crate) api: Caller,
}

impl House {
    /// With one business, which holds nothing.
    pub(crate) async fn open() -> Self {
        // Without an age nothing is remembered, so that a test sees what it has just written.
        Self::remembering(Duration::ZERO).await
    }

    /// One that remembers for so long where pages begin.
    pub(crate) async fn remembering(walk_max_age: Duration) -> Self {
        Self::with(BusinessOptions { snapshot_max_age: Duration::ZERO, walk_max_age }).await
    }

    pub(crate) async fn with(options: BusinessOptions) -> Self {
        let tellers: Vec<Arc<dyn Teller>> = vec![Arc::new(PlainTeller), Arc::new(BusinessTeller)];
        let merchant = Merchant::told_by(MerchantOptions::default(), tellers).await;
        merchant.apply(CATALOG).await;
        let routes = perennial_http::server(router(merchant.app().clone(), options));
        let business = make_business(&merchant, None, BUSINESS, OWNER).await;
        let grant = TokenGrant { customer_id: Some(business.business.customer_id), ..TokenGrant::default() };
        let api = Caller::new(routes.clone(), &make_token(&merchant, grant).await);
        Self { merchant, routes, business, api }
    }

    pub(crate) async fn set(&self, settings: BusinessSettings) {
        let project = self.merchant.project();
        let patch = ProjectPatch { business: Some(settings), ..ProjectPatch::default() };
        self.merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
    }

    /// Another business, in the same directory.
    pub(crate) async fn another(&self, uid: &str) -> BusinessView {
        make_business(&self.merchant, None, uid, &format!("own{uid}")).await
    }

    /// Another business, in a directory of its own.
    pub(crate) async fn elsewhere(&self, uid: &str) -> BusinessView {
        let project = self.merchant.project();
        let new = NewDirectory { number: None, name: "Elsewhere".to_owned() };
        let made = self.merchant.app().write(move |cx, tx| create_directory(cx, tx, project, &new)).await;
        make_business(&self.merchant, Some(made.unwrap().number), uid, &format!("own{uid}")).await
    }

    /// Somebody else who works for the business.
    pub(crate) async fn staff(&self, uid: &str) -> Member {
        let project = self.merchant.project();
        let email = Email::parse(&format!("{uid}@bramble.example")).unwrap();
        let new = NewStaff { uid: Some(uid.to_owned()), email, full_name: "Bob Reed".to_owned() };
        self.merchant.app().write(move |cx, tx| add_staff(cx, tx, project, BUSINESS, &new)).await.unwrap()
    }

    pub(crate) fn bearer(&self, token: &str) -> Caller {
        Caller::new(self.routes.clone(), token)
    }

    pub(crate) fn anybody(&self) -> Caller {
        self.bearer("x").without("authorization")
    }

    pub(crate) async fn token(&self, grant: TokenGrant) -> Caller {
        self.bearer(&make_token(&self.merchant, grant).await)
    }

    /// Whoever sees the whole project.
    pub(crate) async fn admin(&self) -> Caller {
        self.token(TokenGrant::default()).await
    }

    pub(crate) fn of_business(&self) -> TokenGrant {
        TokenGrant { customer_id: Some(self.business.business.customer_id), ..TokenGrant::default() }
    }

    pub(crate) fn of_directory(&self) -> TokenGrant {
        TokenGrant { directory_id: Some(self.business.business.directory_id), ..TokenGrant::default() }
    }

    pub(crate) async fn app(&self, code_name: &str, kind: AppKind) -> (BusinessApp, SecretString) {
        let project = self.merchant.project();
        let new = NewApp { code_name: code_name.to_owned(), name: code_name.to_owned(), kind };
        self.merchant.app().write(move |cx, tx| create_app(cx, tx, project, &new)).await.unwrap()
    }

    /// What is on sale under this SKU: the uids of the purchasable and of its first price that is paid so.
    pub(crate) async fn price(&self, sku: &str, payment_type: &str, currency: &str) -> (String, String) {
        let answer = self.api.get(&format!("{V1}/purchasables?filter[sku]={sku}")).await.expect(200);
        let found = &answer["data"]["purchasables"][0];
        let prices = found["prices"].as_array().unwrap();
        let price = prices
            .iter()
            .find(|it| it["payment_type"] == payment_type && it["currency"] == currency)
            .unwrap();
        (found["uid"].as_str().unwrap().to_owned(), price["uid"].as_str().unwrap().to_owned())
    }

    /// Buys the SKU for the business by the first form.
    pub(crate) async fn buy(&self, sku: &str, payment_type: &str) -> Answer {
        let (_, price) = self.price(sku, payment_type, "USD").await;
        let body = json!({ "business_uid": BUSINESS, "subscription": { "purchasable_price_uid": price } });
        self.api.post(SUBSCRIPTIONS, body).await
    }

    /// Buys, and answers the subscription.
    pub(crate) async fn bought(&self, sku: &str, payment_type: &str) -> Value {
        self.buy(sku, payment_type).await.expect(201)["data"]["subscription"].clone()
    }

    pub(crate) async fn put(&self, uid: &Value, state: Value) -> Answer {
        let path = format!("{SUBSCRIPTIONS}/{}", uid.as_str().unwrap());
        let body = json!({ "subscription": state }).to_string();
        self.api.send(Method::PUT, &path, body).await
    }

    pub(crate) async fn get(&self, uid: &Value) -> Value {
        let path = format!("{SUBSCRIPTIONS}/{}", uid.as_str().unwrap());
        self.api.get(&path).await.expect(200)["data"]["subscription"].clone()
    }

    /// Everything that the business has, newest first.
    pub(crate) async fn all(&self) -> Vec<Value> {
        let answer = self.api.get(&format!("{SUBSCRIPTIONS}?sort=uid:desc&per_page=100")).await.expect(200);
        answer["data"]["subscriptions"].as_array().unwrap().clone()
    }

    /// Sells a plan to the business through Stripe's Checkout, as another door does.
    pub(crate) async fn sell_by_stripe(&self, plan: &'static str) -> Value {
        let business = &self.business.business;
        let command = StartCheckout {
            project: business.project_id,
            customer: business.customer_id,
            connect_session: None,
            order: self.merchant.order(plan).await,
            terms: CheckoutTerms { member_id: Some(business.owner_id), ..CheckoutTerms::default() },
            locale: "en-US".to_owned(),
            return_url: "https://connect.example/return".to_owned(),
            cancel_url: "https://connect.example/back".to_owned(),
        };
        let started = start_checkout(self.merchant.app(), command).await.unwrap();
        let Started::Pay { checkout, .. } = started else { panic!("it is free") };
        let project = business.project_id;
        let kept = self.merchant.test.write(move |_, tx| tx.checkouts(project).find(checkout)).await;
        self.merchant.pay(&kept.unwrap()).await;
        self.merchant.hear_from_stripe().await;
        let all = self.all().await;
        all.into_iter().find(|it| it["payment_type"] != "bundled").unwrap()
    }

    /// The operator blocks the business, deletes it, or lets it act again.
    pub(crate) async fn turn_customer(&self, status: CustomerStatus) {
        let (project, id) = (self.merchant.project(), self.business.business.customer_id);
        self.merchant
            .test
            .write(move |_, tx| {
                let mut customer = tx.customers(project).lock(id)?.unwrap();
                customer.status = status;
                tx.customers(project).update(&customer)
            })
            .await;
    }

    /// No request's answer is known any more, as if the server had ended before it was kept.
    pub(crate) async fn forget_answers(&self) {
        self.merchant.test.write(|_, tx| tx.execute("DELETE FROM idempotency_keys", &[]).map(drop)).await;
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.merchant.test.clock().advance(time);
    }

    pub(crate) async fn turn(&self) {
        turn_due_subscriptions(self.merchant.app()).await.unwrap();
    }
}

async fn make_business(merchant: &Merchant, directory: Option<u32>, uid: &str, owner: &str) -> BusinessView {
    let project = merchant.project();
    let new = NewBusiness {
        uid: Some(uid.to_owned()),
        name: "Bramble Studio".to_owned(),
        directory,
        owner: NewStaff {
            uid: Some(owner.chars().take(16).collect()),
            email: Email::parse(&format!("{uid}@bramble.example")).unwrap(),
            full_name: "Ada Quill".to_owned(),
        },
    };
    merchant.app().write(move |cx, tx| create_business(cx, tx, project, &new)).await.unwrap()
}

pub(crate) async fn make_token(merchant: &Merchant, grant: TokenGrant) -> String {
    make_token_until(merchant, grant, None).await
}

pub(crate) async fn make_token_until(
    merchant: &Merchant,
    grant: TokenGrant,
    expires_at: Option<Timestamp>,
) -> String {
    let project = merchant.project();
    let new = NewToken { grant, label: "test".to_owned(), expires_at };
    let made = merchant.app().write(move |cx, tx| create_token(cx, tx, project, &new)).await.unwrap();
    made.1.expose_secret().to_owned()
}

/// The code of the first error, if the status is this one and the envelope the contract's.
#[track_caller]
pub(crate) fn code(answer: Answer, status: u16) -> String {
    let body = answer.expect(status);
    assert_eq!(body["success"], false);
    let error = &body["errors"][0];
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    error["code"].as_str().unwrap().to_owned()
}

/// The fields that are complained of, if all is a bad request.
#[track_caller]
pub(crate) fn fields(answer: Answer) -> Vec<String> {
    let body = answer.expect(400);
    let errors = body["errors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error["code"] == "bad_request"), "{body}");
    errors.iter().map(|error| error["field"].as_str().unwrap_or_default().to_owned()).collect()
}
