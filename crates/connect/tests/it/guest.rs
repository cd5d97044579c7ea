//! Somebody whom an app sends to the pages.

use axum::Router;
use perennial_core::connect_sessions::{NewSession, Visitor, create, entry_url};
use perennial_domain::{
    Appearance, ConnectSessionId, Customer, CustomerId, Email, Intent, NewSubscription, UserDetails,
};
use perennial_testkit::Merchant;
use secrecy::ExposeSecret;

/// The pages of this merchant.
pub(crate) fn routes(merchant: &Merchant) -> Router {
    perennial_connect::routes::router(merchant.app().clone())
}

/// A guest with a link.
pub(crate) struct Guest {
    pub(crate) session: ConnectSessionId,
    /// The path of the link, with its token.
    pub(crate) link: String,
}

impl Guest {
    /// A customer whom the app knows, to buy this plan.
    pub(crate) async fn invited_to(merchant: &Merchant, plan: &'static str) -> Self {
        let customer = merchant.customer("ada@example.com").await;
        Self::sent(merchant, &customer, plan, |_| {}).await
    }

    /// A customer whom the app knows, with more in the intent.
    pub(crate) async fn sent(
        merchant: &Merchant,
        customer: &Customer,
        plan: &'static str,
        more: impl FnOnce(&mut NewSubscription),
    ) -> Self {
        Self::open(merchant, Some(Visitor::Known(customer.id)), plan, more).await
    }

    /// Somebody new, of whom the app knows a little.
    pub(crate) async fn new_to(merchant: &Merchant, plan: &'static str, email: &str) -> Self {
        let details = UserDetails {
            email: Email::parse(email).unwrap(),
            full_name: Some("Ada Quill".to_owned()),
            birthday: None,
            preferred_locale: Some("en-US".to_owned()),
            metadata: perennial_domain::MetadataPatch::default(),
        };
        Self::open(merchant, Some(Visitor::New(details)), plan, |_| {}).await
    }

    /// Somebody of whom the app knows nothing, to buy this plan.
    pub(crate) async fn anybody(merchant: &Merchant, plan: &'static str) -> Self {
        Self::open(merchant, None, plan, |_| {}).await
    }

    /// The same with another intent.
    pub(crate) async fn anybody_for(merchant: &Merchant, intent: Intent) -> Self {
        Self::with_intent(merchant, None, intent).await
    }

    async fn open(
        merchant: &Merchant,
        visitor: Option<Visitor>,
        plan: &'static str,
        more: impl FnOnce(&mut NewSubscription),
    ) -> Self {
        let plan = merchant.product(plan).await.id;
        let mut purchase = NewSubscription {
            plan,
            sim: None,
            device: None,
            imei: None,
            addons: Vec::new(),
            voucher_code: None,
        };
        more(&mut purchase);
        Self::with_intent(merchant, visitor, Intent::CheckoutNewSubscription(purchase)).await
    }

    /// A customer whom the app knows, with another intent.
    pub(crate) async fn with(merchant: &Merchant, customer: CustomerId, intent: Intent) -> Self {
        Self::with_intent(merchant, Some(Visitor::Known(customer)), intent).await
    }

    /// A customer who got the link by mail: no app waits for them.
    pub(crate) async fn mailed(merchant: &Merchant, customer: CustomerId, intent: Intent) -> Self {
        let guest = Self::without_callback(merchant, customer, intent).await;
        let (project, id) = (merchant.project(), guest.session);
        merchant
            .test
            .write(move |_, tx| {
                let mut session = tx.connect_sessions(project).lock(id)?.unwrap();
                session.progress.is_open_to_owner = true;
                tx.connect_sessions(project).update(&session)
            })
            .await;
        guest
    }

    /// A customer whom an app knows that waits for nobody to come back.
    pub(crate) async fn without_callback(merchant: &Merchant, customer: CustomerId, intent: Intent) -> Self {
        Self::with_callback(merchant, Some(Visitor::Known(customer)), intent, None).await
    }

    async fn with_intent(merchant: &Merchant, visitor: Option<Visitor>, intent: Intent) -> Self {
        let callback = Some("https://shop.example/back".to_owned());
        Self::with_callback(merchant, visitor, intent, callback).await
    }

    async fn with_callback(
        merchant: &Merchant,
        visitor: Option<Visitor>,
        intent: Intent,
        callback: Option<String>,
    ) -> Self {
        let request = NewSession { intent, callback, appearance: Appearance::default(), visitor };
        let (project, lifetime) = (merchant.project(), merchant.app().settings().link_lifetime);
        let opened =
            merchant.app().write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await.unwrap();
        let url = entry_url(&merchant.app().settings().connect_url, &opened.session, opened.token.as_ref());
        let link = url.expose_secret().strip_prefix("https://connect.example").unwrap().to_owned();
        Self { session: opened.session.id, link }
    }

    /// Where the app gets its customer back with good news.
    pub(crate) fn success(&self) -> String {
        format!("https://shop.example/back?session_id={}&status=success", self.session)
    }

    /// The secret in the link.
    pub(crate) fn token(&self) -> String {
        self.link.rsplit_once("token=").unwrap().1.to_owned()
    }
}
