//! The door under test, and what stands behind it: a merchant with a software product in three tiers, a Stripe in this
//! process, and organizations with members.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::HeaderName;
use jiff::SignedDuration;
use perennial_core::change::Change;
use perennial_core::organizations::{
    NewMember, NewOrganization, create_member, create_organization, set_password,
};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::subscriptions::turn_due_subscriptions;
use perennial_domain::{Customer, Email, Member, MemberRole, OrganizationSettings};
use perennial_organizations_api::{OrganizationsOptions, router};
use perennial_testkit::{Answer, Caller, Dunning, Merchant};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::tokens::Provider;

/// Three tiers, of which an organization has one at a time.
pub(crate) const CATALOG: &str = include_str!("house.toml");

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const FRONTEND: &str = "https://app.example";

pub(crate) struct House {
    pub(crate) merchant: Merchant,
    routes: Router,
}

/// An organization, one of its members, and who they call as.
pub(crate) struct Tenant {
    pub(crate) organization: Customer,
    pub(crate) member: Member,
    pub(crate) api: Caller,
}

impl House {
    /// With the contract's own settings.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut OrganizationSettings)) -> Self {
        Self::with_provider(change, &Arc::new(Provider::default())).await
    }

    /// With other settings, and this identity provider.
    pub(crate) async fn with_provider(
        change: impl FnOnce(&mut OrganizationSettings),
        provider: &Arc<Provider>,
    ) -> Self {
        Self::of(Merchant::new().await, change, provider).await
    }

    /// With a Stripe that deals so with renewals that are not paid.
    pub(crate) async fn with_dunning(dunning: Dunning) -> Self {
        Self::of(Merchant::with_dunning(dunning).await, |_| {}, &Arc::default()).await
    }

    /// Of this merchant, with other settings and this identity provider.
    pub(crate) async fn of(
        merchant: Merchant,
        change: impl FnOnce(&mut OrganizationSettings),
        provider: &Arc<Provider>,
    ) -> Self {
        merchant.apply(CATALOG).await;
        let mut settings = OrganizationSettings::new("workspace", FRONTEND.parse().unwrap());
        change(&mut settings);
        let house = Self { routes: Self::routes(&merchant, provider), merchant };
        house.set(settings).await;
        house
    }

    fn routes(merchant: &Merchant, provider: &Arc<Provider>) -> Router {
        // Without an age nothing is remembered, so that a test sees what it has just written.
        let options = OrganizationsOptions {
            snapshot_max_age: Duration::ZERO,
            keys_pause: Duration::ZERO,
            keys_max_age: provider.keys_max_age,
            client_address_header: Some(HeaderName::from_static("x-forwarded-for")),
            ..OrganizationsOptions::new(Some("p".to_owned()), Arc::clone(provider) as _)
        };
        perennial_http::server(router(merchant.app().clone(), options))
    }

    /// From now on these settings hold.
    pub(crate) async fn set(&self, settings: OrganizationSettings) {
        let project = self.merchant.project();
        let patch = ProjectPatch { organizations: Change::To(Some(settings)), ..ProjectPatch::default() };
        self.merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
    }

    /// Somebody without a token.
    pub(crate) fn anybody(&self) -> Caller {
        Caller::new(self.routes.clone(), "").without("authorization")
    }

    /// Somebody with this token.
    pub(crate) fn bearer(&self, token: &str) -> Caller {
        Caller::new(self.routes.clone(), token)
    }

    /// An organization with an owner, who is logged in.
    pub(crate) async fn tenant(&self, name: &str) -> Tenant {
        let organization = self.organization(name).await;
        self.colleague(&organization, &format!("owner@{name}.example"), MemberRole::Owner).await
    }

    /// An organization.
    pub(crate) async fn organization(&self, name: &str) -> Customer {
        let (project, new) = (
            self.merchant.project(),
            NewOrganization { external_id: Some(format!("org-{name}")), name: name.to_owned() },
        );
        let made = self.merchant.app().write(move |cx, tx| create_organization(cx, tx, project, &new)).await;
        made.unwrap()
    }

    /// Another member of an organization, with a token that outlasts the test.
    pub(crate) async fn colleague(&self, organization: &Customer, email: &str, role: MemberRole) -> Tenant {
        let member = self.member(Some(organization), email, role).await;
        let token = crate::tokens::ours(self, &member.external_id).await;
        Tenant { organization: organization.clone(), member, api: self.bearer(&token) }
    }

    /// A member with the password.
    pub(crate) async fn member(
        &self,
        organization: Option<&Customer>,
        email: &str,
        role: MemberRole,
    ) -> Member {
        let (project, app) = (self.merchant.project(), self.merchant.app());
        let new = NewMember {
            external_id: None,
            organization: organization.map(|organization| organization.id),
            email: Email::parse(email).unwrap(),
            full_name: "Ada Quill".to_owned(),
            role,
        };
        let member = app.write(move |cx, tx| create_member(cx, tx, project, &new)).await.unwrap();
        set_password(app, project, member.id, SecretString::from(PASSWORD)).await.unwrap();
        member
    }

    /// What logging in answers.
    pub(crate) async fn log_in(&self, email: &str) -> Value {
        let body = json!({ "email": email, "password": PASSWORD });
        self.anybody().post("/user/login", body).await.expect(200)
    }

    /// The id of a period, by the names of its plan and its rhythm.
    pub(crate) async fn period(&self, plan: &str, rhythm: &str) -> String {
        let list = self.anybody().get("/subscriptions").await.expect(200);
        let plans = list["data"].as_array().unwrap().iter();
        let mut plans = plans.filter(|known| known["name"] == plan);
        let periods = plans.next().unwrap()["periods"].as_array().unwrap().clone();
        let period = periods.into_iter().find(|period| period["periodType"] == rhythm).unwrap();
        period["id"].as_str().unwrap().to_owned()
    }

    /// Moves the clock, and lets everything happen that is due: at Stripe, by webhook, and here.
    pub(crate) async fn pass(&self, time: SignedDuration) {
        self.merchant.test.clock().advance(time);
        self.merchant.sandbox.tick().await.unwrap();
        self.merchant.hear_from_stripe().await;
        turn_due_subscriptions(self.merchant.app()).await.unwrap();
        self.merchant.work().await;
        self.merchant.hear_from_stripe().await;
    }

    /// Has Stripe charge this card from now on, if it knows the organization.
    pub(crate) async fn use_card(&self, tenant: &Tenant, card: &str) {
        let (project, id) = (self.merchant.project(), tenant.organization.id);
        let customer = self.merchant.test.write(move |_, tx| tx.customers(project).find(id)).await.unwrap();
        let Some(customer) = customer.stripe_customer_id else { return };
        let stripe = self.merchant.stripe();
        let attach = format!("/v1/payment_methods/{card}/attach");
        let attached = stripe.post_form(&attach, &format!("customer={customer}")).await.expect(200);
        let card = attached["id"].as_str().unwrap();
        let default = format!("invoice_settings[default_payment_method]={card}");
        stripe.post_form(&format!("/v1/customers/{customer}"), &default).await.expect(200);
        let list = stripe.get(&format!("/v1/subscriptions?customer={customer}")).await.expect(200);
        for subscription in list["data"].as_array().unwrap() {
            let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
            stripe.post_form(&path, &format!("default_payment_method={card}")).await.expect(200);
        }
    }
}

impl Tenant {
    /// Starts to buy a period.
    pub(crate) async fn buy(&self, house: &House, plan: &str, rhythm: &str) -> Answer {
        let period = house.period(plan, rhythm).await;
        self.api.post("/subscriptions/buy", json!({ "subscriptionPeriodId": period })).await
    }

    /// Buys a period and pays for it, and waits for the webhook; answers the session's id.
    pub(crate) async fn subscribe(&self, house: &House, plan: &str, rhythm: &str) -> String {
        let bought = self.buy(house, plan, rhythm).await.expect(200);
        let session = bought["sessionId"].as_str().unwrap().to_owned();
        house.merchant.pay_session(&session).await;
        house.merchant.hear_from_stripe().await;
        session
    }

    /// The organization's subscription, as it is told.
    pub(crate) async fn my(&self) -> Value {
        self.api.get("/subscriptions/my").await.expect(200)["data"].clone()
    }

    /// The status and amount of each payment, newest first.
    pub(crate) async fn payments(&self) -> Vec<(String, i64)> {
        let list = self.api.get("/subscriptions/payments").await.expect(200);
        let told = |payment: &Value| {
            (payment["status"].as_str().unwrap().to_owned(), payment["amount"].as_i64().unwrap())
        };
        list["data"].as_array().unwrap().iter().map(told).collect()
    }
}

/// The code of an error, if the status is this one and the envelope is the contract's.
#[track_caller]
pub(crate) fn code(answer: Answer, status: u16) -> String {
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    let body = answer.expect(status);
    assert_eq!(body["success"], false);
    assert!(!body["message"].as_str().unwrap().is_empty());
    body["error_code"].as_str().unwrap().to_owned()
}
