//! What the operator writes comes back: projects, their secrets, their products and prices.

use perennial_domain::{ApiKey, Capability, CapabilityKind, Price, PriceStatus, ProductStatus, Term};

use super::fixtures::{ADDON, PLAN, euros, id, minutes, plan, price, project, project_id, same, shop, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    projects_come_back,
    stripe_accounts_and_webhook_secrets_come_back,
    api_keys_are_found_by_their_hash,
    products_come_back,
    a_price_changes_in_its_status_alone,
}

async fn projects_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = project(1, "renamed");
    changed.settings.hide_powered_by = true;
    let expected = changed.clone();
    write(&store, move |tx| tx.projects().update(&changed)).await;
    let (by_id, by_slug, gone, slugs) = write(&store, |tx| {
        let slugs = tx.projects().list()?.into_iter().map(|project| project.slug).collect::<Vec<_>>();
        let gone = tx.projects().find_by_slug("shop")?;
        Ok((tx.projects().find(project_id())?, tx.projects().find_by_slug("renamed")?, gone, slugs))
    })
    .await;
    same(by_id, &expected);
    same(by_slug, &expected);
    assert!(gone.is_none());
    assert_eq!(slugs, ["other", "renamed"]);
}

async fn stripe_accounts_and_webhook_secrets_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let (account, before, after) = write(&store, |tx| {
        let mut accounts = tx.stripe_accounts(project_id());
        assert!(accounts.find()?.is_none());
        accounts.put(b"first", "http://localhost:12111", noon())?;
        accounts.put(b"second", "https://api.stripe.com", noon())?;
        accounts.add_webhook_secret(b"print-1", b"old", noon())?;
        accounts.add_webhook_secret(b"print-2", b"new", minutes(1))?;
        let before = accounts.active_webhook_secrets(minutes(2))?;
        assert_eq!(accounts.expire_other_webhook_secrets(b"print-2", minutes(5))?, 1);
        Ok((accounts.find()?, before, accounts.active_webhook_secrets(minutes(5))?))
    })
    .await;
    let account = account.unwrap();
    assert_eq!(
        (account.secret_key_sealed.as_slice(), account.api_base.as_str()),
        (&b"second"[..], "https://api.stripe.com")
    );
    assert_eq!(before, [b"new", b"old"]);
    assert_eq!(after, [b"new"]);
    assert!(!format!("{account:?}").contains("secret"));
}

async fn api_keys_are_found_by_their_hash(database: &TestDatabase) {
    let store = shop(database).await;
    let key = ApiKey {
        id: id(5),
        project_id: project_id(),
        label: "the shop".into(),
        created_at: noon(),
        expires_at: None,
    };
    let mut expected = key.clone();
    let (found, unknown, listed) = write(&store, move |tx| {
        tx.api_keys().insert(&key, b"hash")?;
        tx.api_keys().set_expiry(project_id(), id(5), minutes(1))?;
        let unknown = tx.api_keys().find_by_hash(b"other")?;
        Ok((tx.api_keys().find_by_hash(b"hash")?, unknown, tx.api_keys().list(project_id())?))
    })
    .await;
    expected.expires_at = Some(minutes(1));
    let (found, slug) = found.unwrap();
    same(Some(found), &expected);
    assert_eq!((slug.as_str(), listed.len()), ("shop", 1));
    assert!(unknown.is_none());
}

async fn products_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut product = plan(30);
    product.sku = Some("HERON-12".into());
    write(&store, {
        let product = product.clone();
        move |tx| tx.products(project_id()).insert(&product)
    })
    .await;
    product.status = ProductStatus::Archived;
    product.description = Some("Twelve gigabytes".into());
    product.exclusive_group = Some("mobile".into());
    product.capabilities = vec![Capability {
        code: "seats".into(),
        description: "Seats".into(),
        kind: CapabilityKind::Quota,
        value: 5,
    }];
    product.stripe_product_id = Some("prod_1".into());
    let expected = product.clone();
    let (by_id, by_reference, all) = write(&store, move |tx| {
        let mut products = tx.products(project_id());
        products.update(&product)?;
        Ok((products.find(id(30))?, products.find_by_reference("product-30")?, products.all()?))
    })
    .await;
    assert_eq!([by_id, by_reference], [(); 2].map(|()| Some(expected.clone())));
    assert_eq!(all.iter().map(|product| product.id).collect::<Vec<_>>(), [id(30), id(ADDON), id(PLAN)]);
}

async fn a_price_changes_in_its_status_alone(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = price(PLAN);
    changed.status = PriceStatus::Archived;
    changed.stripe_price_id = Some("price_1".into());
    let expected = changed.clone();
    changed.amount = euros(1);
    let successor = Price { id: id(22), term: Term::Lifetime, ..price(PLAN) };
    let (found, of_product, active, all) = write(&store, move |tx| {
        let mut prices = tx.prices(project_id());
        prices.update(&changed)?;
        prices.insert(&successor)?;
        Ok((
            prices.find(id(PLAN))?,
            prices.of_product(id(PLAN))?.len(),
            prices.active_of_product(id(PLAN))?,
            prices.all()?.len(),
        ))
    })
    .await;
    assert_eq!(found, Some(expected));
    assert_eq!((of_product, all), (2, 3));
    assert_eq!(
        active.iter().map(|price| (price.id, price.term)).collect::<Vec<_>>(),
        [(id(22), Term::Lifetime)]
    );
}
