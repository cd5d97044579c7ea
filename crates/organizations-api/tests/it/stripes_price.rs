//! The nine ways in which Stripe's price may not be what we show, each made by changing what Stripe says or what we know.

use jiff::SignedDuration;
use perennial_domain::{Price, Product};

use crate::house::{House, Tenant, code};

/// Something that Stripe is asked to change: a path, and a form.
async fn at_stripe(house: &House, path: &str, form: &str) {
    house.merchant.stripe().post_form(path, form).await.expect(200);
    // Stripe tells of it, so that what agreed a moment ago is asked again.
    house.merchant.hear_from_stripe().await;
}

struct Sold {
    house: House,
    tenant: Tenant,
    price: Price,
    product: Product,
}

impl Sold {
    async fn open() -> Self {
        let house = House::open().await;
        let tenant = house.tenant("harbour").await;
        let project = house.merchant.project();
        let (product, price) = house
            .merchant
            .test
            .write(move |_, tx| {
                let product = tx.products(project).find_by_reference("harbor")?.unwrap();
                let prices = tx.prices(project).of_product(product.id)?;
                Ok((product, prices.into_iter().find(|price| price.reference == "monthly").unwrap()))
            })
            .await;
        let sold = Self { house, tenant, price, product };
        sold.tenant.buy(&sold.house, "Harbor", "MONTHLY").await.expect(200);
        sold
    }

    fn stripe_price(&self) -> &str {
        self.price.stripe_price_id.as_deref().unwrap()
    }

    fn stripe_product(&self) -> &str {
        self.product.stripe_product_id.as_deref().unwrap()
    }

    /// From now on our price is this one of Stripe's.
    async fn linked_to(&self, stripe_price_id: Option<String>) {
        let (project, mut price) = (self.house.merchant.project(), self.price.clone());
        price.stripe_price_id = stripe_price_id;
        let stripe_price_id = self.price.stripe_price_id.clone().unwrap();
        self.house
            .merchant
            .test
            .write(move |_, tx| {
                tx.prices(project).forget_stripe_check(&stripe_price_id, jiff::Timestamp::UNIX_EPOCH)?;
                tx.prices(project).update(&price)
            })
            .await;
    }

    /// Links our price to a new one of Stripe's with these parameters.
    async fn linked_to_new(&self, form: &str) {
        let made = self.house.merchant.stripe().post_form("/v1/prices", form).await.expect(200);
        self.linked_to(Some(made["id"].as_str().unwrap().to_owned())).await;
    }

    async fn refusal(&self) -> String {
        code(self.tenant.buy(&self.house, "Harbor", "MONTHLY").await, 400)
    }
}

#[tokio::test]
async fn a_price_that_is_not_configured_is_not_sold() {
    let sold = Sold::open().await;
    sold.linked_to(None).await;
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_NOT_CONFIGURED");
}

#[tokio::test]
async fn a_price_that_stripe_does_not_know_is_not_sold() {
    let sold = Sold::open().await;
    sold.linked_to(Some("price_of_another_account".to_owned())).await;
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_NOT_FOUND");
}

#[tokio::test]
async fn an_inactive_price_is_not_sold() {
    let sold = Sold::open().await;
    at_stripe(&sold.house, &format!("/v1/prices/{}", sold.stripe_price()), "active=false").await;
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_INACTIVE");
}

#[tokio::test]
async fn a_price_of_another_product_is_not_sold() {
    let sold = Sold::open().await;
    let other = sold.house.merchant.stripe().post_form("/v1/products", "name=Other").await.expect(200);
    let form = format!(
        "product={}&currency=usd&unit_amount=2400&recurring[interval]=month",
        other["id"].as_str().unwrap()
    );
    sold.linked_to_new(&form).await;
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_PRODUCT_MISMATCH");
}

#[tokio::test]
async fn a_price_of_an_inactive_product_is_not_sold() {
    let sold = Sold::open().await;
    at_stripe(&sold.house, &format!("/v1/products/{}", sold.stripe_product()), "active=false").await;
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_PRODUCT_INACTIVE");
}

#[tokio::test]
async fn a_price_of_another_kind_rhythm_currency_or_amount_is_not_sold() {
    let sold = Sold::open().await;
    for (parameters, expected) in [
        ("currency=usd&unit_amount=2400", "STRIPE_PRICE_TYPE_MISMATCH"),
        ("currency=usd&unit_amount=2400&recurring[interval]=year", "STRIPE_PRICE_INTERVAL_MISMATCH"),
        (
            "currency=usd&unit_amount=2400&recurring[interval]=month&recurring[interval_count]=2",
            "STRIPE_PRICE_INTERVAL_MISMATCH",
        ),
        ("currency=eur&unit_amount=2400&recurring[interval]=month", "STRIPE_PRICE_CURRENCY_MISMATCH"),
        ("currency=usd&unit_amount=2500&recurring[interval]=month", "STRIPE_PRICE_AMOUNT_MISMATCH"),
    ] {
        sold.linked_to_new(&format!("product={}&{parameters}", sold.stripe_product())).await;
        assert_eq!(sold.refusal().await, expected, "{parameters}");
    }
}

#[tokio::test]
async fn what_agreed_is_asked_about_again_after_five_minutes_though_stripes_event_is_lost() {
    let sold = Sold::open().await;
    let path = format!("/v1/prices/{}", sold.stripe_price());
    sold.house.merchant.stripe().post_form(&path, "active=false").await.expect(200);
    let clock = sold.house.merchant.test.clock();
    clock.advance(SignedDuration::from_secs(299));
    sold.tenant.buy(&sold.house, "Harbor", "MONTHLY").await.expect(200);
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(sold.refusal().await, "STRIPE_PRICE_INACTIVE");
}
