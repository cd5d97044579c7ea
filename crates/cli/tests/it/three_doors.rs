//! One customer and what it has, seen through three doors of one application: each in its own words and units.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use perennial_business_api::BusinessOptions;
use perennial_core::business::{NewBusiness, NewStaff, NewToken, create_business, create_token};
use perennial_core::change::Change;
use perennial_core::organizations::set_password;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{CustomerId, Email, OrganizationSettings, TokenGrant};
use perennial_http::ApiOptions;
use perennial_organizations_api::{FetchKeysError, KeySource, OrganizationsOptions};
use perennial_testkit::{Caller, Merchant};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

/// Sold everywhere, in three currencies of different exponents, and nothing twice to one customer.
const CATALOG: &str = include_str!("three_doors.toml");
const UID: &str = "k3r9t0vv21mmq8ba";
const PASSWORD: &str = "correct horse battery";
const MANAGER: &str = "/business/subscriptionsmng/v1";

struct House {
    merchant: Merchant,
    customer: CustomerId,
    /// The app's own back end.
    projects: Caller,
    /// The owner, logged in at the second door.
    organization: Caller,
    /// A billing app at the third.
    business: Caller,
}

/// Nobody's keys are needed: the house signs its own tokens.
struct NoKeys;

impl KeySource for NoKeys {
    fn fetch<'a>(
        &'a self,
        _: &'a Url,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes, FetchKeysError>> + Send + 'a>> {
        Box::pin(async { Err(FetchKeysError::Fetch("nobody answers".into())) })
    }
}

/// All three, as `serve` has them, but that nothing is remembered.
fn routes(merchant: &Merchant) -> Router {
    let (app, now) = (merchant.app(), Duration::ZERO);
    let organizations = OrganizationsOptions {
        snapshot_max_age: now,
        ..OrganizationsOptions::new(Some("p".to_owned()), Arc::new(NoKeys))
    };
    let doors = perennial_projects_api::router(
        app.clone(),
        &ApiOptions { snapshot_max_age: now, ..ApiOptions::default() },
    )
    .merge(perennial_organizations_api::router(app.clone(), organizations))
    .merge(perennial_business_api::router(
        app.clone(),
        BusinessOptions { snapshot_max_age: now, walk_max_age: now },
    ));
    perennial_http::server(doors)
}

impl House {
    async fn open() -> Self {
        let merchant = Merchant::new().await;
        merchant.apply(CATALOG).await;
        let (app, project) = (merchant.app(), merchant.project());
        let settings = OrganizationSettings::new("workspace", "https://app.example".parse().unwrap());
        let patch = ProjectPatch { organizations: Change::To(Some(settings)), ..ProjectPatch::default() };
        app.write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
        let new = NewBusiness {
            uid: Some(UID.to_owned()),
            name: "Harbour Bakery".to_owned(),
            directory: None,
            owner: NewStaff {
                uid: Some("ada".to_owned()),
                email: Email::parse("ada@harbour.example").unwrap(),
                full_name: "Ada Quill".to_owned(),
            },
        };
        let made = app.write(move |cx, tx| create_business(cx, tx, project, &new)).await.unwrap();
        let (customer, owner) = (made.business.customer_id, made.business.owner_id);
        set_password(app, project, owner, SecretString::from(PASSWORD)).await.unwrap();
        let grant = TokenGrant { customer_id: Some(customer), ..TokenGrant::default() };
        let new = NewToken { grant, label: "test".to_owned(), expires_at: None };
        let token = app.write(move |cx, tx| create_token(cx, tx, project, &new)).await.unwrap().1;
        let routes = routes(&merchant);
        let anybody = Caller::new(routes.clone(), "").without("authorization");
        let who = json!({ "email": "ada@harbour.example", "password": PASSWORD });
        let logged_in = anybody.post("/user/login", who).await.expect(200);
        Self {
            customer,
            projects: merchant.test.caller(routes.clone()),
            organization: Caller::new(routes.clone(), logged_in["accessToken"].as_str().unwrap()),
            business: Caller::new(routes, token.expose_secret()),
            merchant,
        }
    }

    /// The third door is told of a purchase.
    async fn told_of(&self, sku: &str) -> Value {
        let path = format!("{MANAGER}/purchasables?filter[sku]={sku}");
        let found = self.business.get(&path).await.expect(200)["data"]["purchasables"][0].clone();
        let price = &found["prices"][0]["uid"];
        let body = json!({ "business_uid": UID, "subscription": { "purchasable_price_uid": price } });
        let made = self.business.post(&format!("{MANAGER}/subscriptions"), body).await.expect(201);
        made["data"]["subscription"].clone()
    }

    /// What the first door shows, newest first.
    async fn seen_by_app(&self) -> Vec<Value> {
        let path = format!("/projects/p/subscriptions?user={}", self.customer);
        let list = self.projects.get(&path).await.expect(200);
        list["items"].as_array().unwrap().clone()
    }

    /// What the second door shows.
    async fn seen_by_organization(&self) -> Value {
        self.organization.get("/subscriptions/my").await.expect(200)["data"].clone()
    }

    /// What the third door shows, newest first.
    async fn seen_by_business(&self) -> Vec<Value> {
        let list = self.business.get(&format!("{MANAGER}/subscriptions?sort=uid:desc")).await.expect(200);
        list["data"]["subscriptions"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_purchase_through_one_door_is_seen_through_all_in_their_units() {
    for (sku, currency, minor, major, listed) in [
        ("crew-dollar", "USD", 2450, json!(24.5), "24.50"),
        ("crew-yen", "JPY", 3600, json!(3600), "3600.00"),
        ("crew-dinar", "KWD", 7250, json!(7.25), "7.250"),
    ] {
        let house = House::open().await;
        let told = house.told_of(sku).await;
        assert_eq!((&told["purchase_price"], &told["purchase_currency"]), (&major, &json!(currency)));
        assert_eq!(house.seen_by_business().await[0]["purchase_price"], listed);

        let [seen]: [Value; 1] = house.seen_by_app().await.try_into().unwrap();
        assert_eq!(seen["plan"]["price"], json!({ "amount": minor, "currency": currency }));
        assert_eq!(seen["status"], "active");
        let mine = house.seen_by_organization().await;
        assert_eq!((&mine["price"], &mine["status"]), (&json!(minor), &json!("ACTIVE")), "{mine}");
    }
}

#[tokio::test]
async fn an_end_through_one_door_is_the_end_at_the_others() {
    let house = House::open().await;
    house.told_of("crew-dollar").await;
    let seen = house.seen_by_app().await.remove(0);
    let path = format!("/projects/p/subscriptions/{}/cancel", seen["id"].as_str().unwrap());
    house.projects.post(&path, json!({})).await.expect(200);
    assert_eq!(house.seen_by_business().await[0]["purchase_state"], "canceled");
    assert_eq!(house.seen_by_organization().await["autoRenew"], false);

    let uid = house.seen_by_business().await[0]["uid"].clone();
    let path = format!("{MANAGER}/subscriptions/{}", uid.as_str().unwrap());
    let expired = json!({ "purchase_state": "expired" }).to_string();
    house.business.send(http::Method::PUT, &path, expired).await.expect(200);
    let path = format!("/projects/p/subscriptions/{}", seen["id"].as_str().unwrap());
    assert_eq!(house.projects.get(&path).await.expect(200)["status"], "ended");
    assert_ne!(house.seen_by_organization().await["status"], "ACTIVE");
}

#[tokio::test]
async fn what_excludes_something_excludes_it_at_every_door() {
    let house = House::open().await;
    house.told_of("crew-dollar").await;
    let list = house.organization.get("/subscriptions").await.expect(200);
    let held =
        list["data"].as_array().unwrap().iter().find(|plan| plan["name"] == "Crew in dollars").unwrap();
    let body = json!({ "subscriptionPeriodId": held["periods"][0]["id"] });
    house.organization.post("/subscriptions/buy", body).await.expect(409);
    let free = house.merchant.product("crew-free").await.id;
    let order = json!({ "plan": free, "user": house.customer });
    let refused = house.projects.post("/projects/p/subscriptions", order).await;
    assert!(refused.status.is_client_error(), "{:?}", refused.body);
    let live = house.seen_by_app().await.into_iter().filter(|row| row["status"] == "active").count();
    assert_eq!(live, 1);
    // The third door's own word: a package takes the place of the one before.
    house.told_of("crew-yen").await;
    let live = house.seen_by_app().await.into_iter().filter(|row| row["status"] == "active").count();
    assert_eq!(live, 1);
    assert_eq!(house.seen_by_organization().await["price"], 3600);
}
