//! The door under test, and what stands behind it.

use std::time::Duration;

use perennial_domain::{Customer, Price, Product, Sim, Subscription, Term};
use perennial_http::ApiOptions;
use perennial_testkit::{Caller, TestApp, rows};

pub(crate) struct Door {
    pub(crate) app: TestApp,
    pub(crate) api: Caller,
}

impl Door {
    pub(crate) async fn open() -> Self {
        // Without an age nothing is remembered, so that a test sees what it has just written.
        Self::with(ApiOptions { snapshot_max_age: Duration::ZERO, ..ApiOptions::default() }).await
    }

    pub(crate) async fn with(options: ApiOptions) -> Self {
        Self::of(TestApp::new().await, options)
    }

    /// The door of this application.
    pub(crate) fn before(app: TestApp) -> Self {
        Self::of(app, ApiOptions { snapshot_max_age: Duration::ZERO, ..ApiOptions::default() })
    }

    fn of(app: TestApp, options: ApiOptions) -> Self {
        let routes = perennial_projects_api::router(app.app().clone(), &options);
        let api = app.caller(perennial_http::server(routes));
        Self { app, api }
    }

    /// A caller with another key.
    pub(crate) fn with_key(&self, key: &str) -> Caller {
        self.api.with("authorization", &format!("Bearer {key}"))
    }

    /// A mobile plan in euro.
    pub(crate) async fn plan(&self, reference: &'static str, cents: i64, term: Term) -> (Product, Price) {
        self.product(move |plan| reference.clone_into(&mut plan.reference), cents, term).await
    }

    /// A mobile plan that differs from the usual one.
    pub(crate) async fn product(
        &self,
        change: impl Fn(&mut Product) + Send + Sync + 'static,
        cents: i64,
        term: Term,
    ) -> (Product, Price) {
        let project = self.app.project().id;
        let write = self.app.write(move |cx, tx| {
            let mut product = rows::plan(cx, project, "plan");
            change(&mut product);
            let price = rows::price(cx, &product, cents, term);
            tx.products(project).insert(&product)?;
            tx.prices(project).insert(&price)?;
            Ok((product, price))
        });
        write.await
    }

    /// An add-on of three euro to a plan.
    pub(crate) async fn addon(&self, reference: &'static str, plan: &Product) -> (Product, Price) {
        let (project, plan) = (self.app.project().id, plan.id);
        let write = self.app.write(move |cx, tx| {
            let product = rows::addon(cx, project, reference, &[plan]);
            let price = rows::price(cx, &product, 300, rows::thirty_days());
            tx.products(project).insert(&product)?;
            tx.prices(project).insert(&price)?;
            Ok((product, price))
        });
        write.await
    }

    pub(crate) async fn customer(&self, email: &'static str) -> Customer {
        let project = self.app.project().id;
        let write = self.app.write(move |cx, tx| {
            let customer = rows::customer(cx, project, email);
            tx.customers(project).insert(&customer)?;
            Ok(customer)
        });
        write.await
    }

    /// An eSIM of nobody.
    pub(crate) async fn esim(&self, serial: u64) -> Sim {
        let project = self.app.project().id;
        let write = self.app.write(move |cx, tx| {
            let sim = rows::esim(cx, project, serial);
            tx.sims(project).insert(&sim)?;
            Ok(sim)
        });
        write.await
    }

    /// An active subscription.
    pub(crate) async fn subscription(&self, customer: &Customer, plan: &(Product, Price)) -> Subscription {
        self.subscription_with(customer, plan, |_| {}).await
    }

    /// An active subscription that differs from the usual one.
    pub(crate) async fn subscription_with(
        &self,
        customer: &Customer,
        (product, price): &(Product, Price),
        change: impl Fn(&mut Subscription) + Send + Sync + 'static,
    ) -> Subscription {
        let (customer, product, price) = (customer.clone(), product.clone(), price.clone());
        let write = self.app.write(move |cx, tx| {
            let mut subscription = rows::subscription(cx, &customer, &product, &price);
            change(&mut subscription);
            tx.subscriptions(customer.project_id).insert(&subscription)?;
            Ok(subscription)
        });
        write.await
    }
}
