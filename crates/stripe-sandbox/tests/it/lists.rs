//! Lists, their cursors, and expansion.

use axum::http::StatusCode;

use crate::support::{Answer, NOON, Stripe};

fn names(page: &Answer) -> Vec<&str> {
    page.body["data"].as_array().unwrap().iter().map(|object| object["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_are_newest_first_and_stable_within_a_second() {
    let stripe = Stripe::new();
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        ids.push(stripe.make("/v1/products", &format!("name={name}")).await.id());
    }
    let first = stripe.get("/v1/products?limit=2").await;
    assert_eq!((names(&first), &first.body["has_more"]), (vec!["e", "d"], &true.into()));
    let second = stripe.get(&format!("/v1/products?limit=2&starting_after={}", ids[3])).await;
    assert_eq!((names(&second), &second.body["has_more"]), (vec!["c", "b"], &true.into()));
    let last = stripe.get(&format!("/v1/products?limit=2&starting_after={}", ids[1])).await;
    assert_eq!((names(&last), &last.body["has_more"]), (vec!["a"], &false.into()));
    let back = stripe.get(&format!("/v1/products?limit=2&ending_before={}", ids[1])).await;
    assert_eq!((names(&back), &back.body["has_more"]), (vec!["d", "c"], &true.into()));
    assert_eq!(first.text("/url"), "/v1/products");
}

#[tokio::test]
async fn limits_and_cursors_are_checked() {
    let stripe = Stripe::new();
    for query in ["limit=0", "limit=101", "limit=x", "starting_after=prod_none"] {
        let answer = stripe.get(&format!("/v1/products?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn lists_filter_by_their_parameters() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    stripe.make(&format!("/v1/prices/{price}"), "active=false&lookup_key=plan").await;
    stripe.monthly_price().await;
    let count = async |query: &str| stripe.get(query).await.body["data"].as_array().unwrap().len();
    assert_eq!(count("/v1/prices?active=false").await, 1);
    assert_eq!(count("/v1/prices?lookup_keys[]=plan").await, 1);
    assert_eq!(count("/v1/prices?recurring[interval]=year").await, 0);
    assert_eq!(count(&format!("/v1/prices?created[gte]={NOON}")).await, 2);
    assert_eq!(count(&format!("/v1/prices?created[gt]={NOON}")).await, 0);
    assert_eq!(count("/v1/events?type=price.*").await, 3);
    assert_eq!(count("/v1/prices/search?query=lookup_key:'plan'%20AND%20active:'false'").await, 1);
}

#[tokio::test]
async fn searches_go_on_where_the_last_page_ended() {
    let stripe = Stripe::new();
    for name in ["a", "b", "c"] {
        stripe.make("/v1/products", &format!("name={name}&metadata[kind]=sim")).await;
    }
    stripe.make("/v1/products", "name=other").await;
    let search = r#"/v1/products/search?limit=2&query=metadata["kind"]:"sim""#.replace('"', "%22");
    let first = stripe.get(&search).await;
    assert_eq!((names(&first), &first.body["has_more"]), (vec!["c", "b"], &true.into()));
    let second = stripe.get(&format!("{search}&page={}", first.text("/next_page"))).await;
    assert_eq!((names(&second), &second.body["has_more"]), (vec!["a"], &false.into()));
}

#[tokio::test]
async fn expansion_goes_through_lists_and_several_levels() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}")).await;
    let path = "/v1/subscriptions?expand[]=data.customer.invoice_settings.default_payment_method\
                &expand[]=data.items.data.price.product";
    let listed = stripe.get(path).await;
    assert_eq!(listed.text("/data/0/customer/invoice_settings/default_payment_method/card/brand"), "visa");
    assert_eq!(listed.text("/data/0/items/data/0/price/product/name"), "Phone plan");

    let customer = stripe.get(&format!("/v1/customers/{customer}?expand[]=subscriptions")).await;
    assert_eq!(customer.text("/subscriptions/data/0/status"), "active");
}

#[tokio::test]
async fn what_a_coupon_counts_for_is_told_to_who_asks() {
    let stripe = Stripe::new();
    let product = stripe.make("/v1/products", "name=Phone").await.id();
    stripe.make("/v1/coupons", &format!("id=some&percent_off=5&applies_to[products][0]={product}")).await;
    stripe.make("/v1/coupons", "id=all&percent_off=5").await;
    for coupon in ["some", "all"] {
        let code = format!("promotion[type]=coupon&promotion[coupon]={coupon}&code={coupon}");
        stripe.make("/v1/promotion_codes", &code).await;
    }
    assert!(stripe.get("/v1/coupons/some").await.body.get("applies_to").is_none());
    let codes = stripe.get("/v1/promotion_codes?expand[]=data.promotion.coupon.applies_to").await;
    assert!(codes.body["data"][0]["promotion"]["coupon"].get("applies_to").is_none(), "{}", codes.body);
    assert_eq!(codes.text("/data/1/promotion/coupon/applies_to/products/0"), product);
}

#[tokio::test]
async fn what_cannot_be_expanded_is_refused() {
    let stripe = Stripe::new();
    let friend = stripe.make("/v1/customers", "name=Eve").await.id();
    let customer = stripe.make("/v1/customers", &format!("name=Ada&metadata[friend]={friend}")).await.id();
    for expand in ["colour", "name", "id", "metadata.friend", "a.b.c.d.e"] {
        let answer = stripe.get(&format!("/v1/customers/{customer}?expand[]={expand}")).await;
        assert_eq!(
            (answer.status, answer.text("/error/param")),
            (StatusCode::BAD_REQUEST, "expand"),
            "{expand}"
        );
    }
    let nothing_there = stripe.get(&format!("/v1/customers/{customer}?expand[]=default_source")).await;
    assert_eq!(nothing_there.status, StatusCode::OK);
}
