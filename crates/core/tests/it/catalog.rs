//! The catalogue as code: every mistake at once, and an apply that can be interrupted anywhere.

use perennial_core::business::{find_business, revoke_token, token_by_secret};
use perennial_core::catalog::{Applied, ApplyCatalogError, apply_catalog, parse_catalog, plan_catalog};
use perennial_core::store::StoreError;
use perennial_domain::{PriceStatus, ProductKind, ProductStatus};
use perennial_testkit::{Caller, LineState, Merchant};
use serde_json::Value;

const DEMO: &str = include_str!("../../../../examples/catalog.toml");

/// One product with one price, to be varied.
const MUG: &str = "
[[product]]
key = 'mug'
kind = 'plan'
name = 'A mug of tea a day'

[[product.price]]
key = 'monthly'
amount = 900
currency = 'EUR'
every = '1 month'
";

fn mistakes(text: &str) -> Vec<String> {
    let mistakes = parse_catalog(text).unwrap_err().0;
    mistakes
        .iter()
        .map(|mistake| format!("{}:{}: {}", mistake.line, mistake.column, mistake.message))
        .collect()
}

#[track_caller]
fn assert_told(mistakes: &[String], expected: &[&str]) {
    for words in expected {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(words)), "no {words:?} in {mistakes:#?}");
    }
    assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
}

#[test]
fn the_demo_has_something_for_every_door() {
    let file = parse_catalog(DEMO).unwrap();
    let count = |kind, is_mobile: bool| {
        let of_kind = file.products.iter().filter(|product| product.kind == kind);
        of_kind
            .filter(|product| (product.plan_facts.is_some() || product.addon_facts.is_some()) == is_mobile)
            .count()
    };
    assert_eq!(count(ProductKind::Plan, true), 5);
    assert_eq!(count(ProductKind::Addon, true), 3);
    let tiers =
        file.products.iter().filter(|product| product.exclusive_group.as_deref() == Some("workspace"));
    let prices =
        tiers.map(|product| product.prices.iter().map(|price| price.key.as_str()).collect::<Vec<_>>());
    assert_eq!(
        prices.collect::<Vec<_>>(),
        [vec!["free"], vec!["monthly", "yearly", "lifetime"], vec!["monthly", "yearly"]]
    );
    assert!(file.products.iter().filter(|product| product.sku.is_some()).count() >= 2);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line_and_column() {
    let text = "
[[product]]
key = 'Mug'
kind = 'subscription'
nmae = 'A mug'
sku = 7

[[product.price]]
key = 'monthly'
amount = 9.50
currency = 'EUX'
every = '1 fortnight'
";
    assert_told(
        &mistakes(text),
        &[
            "2:1: `name` is missing",
            "3:7: `key` has up to 60",
            "4:8: `kind` must be one of \"plan\", \"addon\"",
            "5:1: unknown key `nmae`",
            "6:7: `sku` must be a text",
            "10:10: `amount` must be a whole number",
            "11:12: `currency` there is no currency \"EUX\"",
            "12:9: `every` \"1 fortnight\" is not a term",
            "8:1: a price needs `every",
        ],
    );
}

#[test]
fn two_mistakes_of_syntax_are_told_at_once() {
    let mistakes = mistakes("[[product]]\nkey = 'a\nname = \n");
    let lines = mistakes.iter().map(|mistake| mistake.split(':').next().unwrap()).collect::<Vec<_>>();
    assert!(lines.contains(&"2") && lines.contains(&"3"), "{mistakes:#?}");
}

#[test]
fn what_only_the_whole_file_shows_is_told_as_well() {
    let text = format!(
        "{}{}{}",
        MUG.replace("key = 'mug'", "key = 'mug'\nsku = 'M-1'"),
        MUG.replace("key = 'mug'", "key = 'mug'\nsku = 'M-1'"),
        "
[[product]]
key = 'sugar'
kind = 'addon'
name = 'Sugar'
exclusive_group = 'sweet'
[product.mobile_addon]
provider = 'test'
plans = ['coffee']
[product.mobile_addon.allowances]
data_bytes = 0
voice_seconds = 0
sms_messages = 0
"
    );
    assert_told(
        &mistakes(&text),
        &[
            "14:1: the key \"mug\" is used in line 2 already",
            "14:1: the SKU \"M-1\" is used in line 2 already",
            "26:1: `plans` names \"coffee\"",
            "26:1: `price` is missing",
            "26:1: an add-on cannot exclude others",
        ],
    );
}

#[test]
fn an_amount_has_at_most_eight_digits_and_never_a_sign() {
    for amount in ["-1", "100_000_000"] {
        let told = mistakes(&MUG.replace("900", amount));
        assert!(
            told.iter().any(|mistake| mistake.starts_with("7:1: `amount` is in minor units")),
            "{told:#?}"
        );
    }
    for amount in ["0", "99_999_999"] {
        parse_catalog(&MUG.replace("900", amount)).unwrap();
    }
}

#[test]
fn nobody_is_asked_to_verify_what_nobody_verifies() {
    let text = DEMO.replacen("full_name = \"present\"", "full_name = \"verified\"", 1);
    let [mistake] = mistakes(&text).try_into().unwrap();
    assert!(mistake.contains("`full_name` must be one of \"none\", \"present\""), "{mistake}");
}

async fn apply(merchant: &Merchant, text: &str) -> Result<Applied, ApplyCatalogError> {
    apply_catalog(merchant.app(), merchant.project(), parse_catalog(text).unwrap()).await
}

/// What a plan would print.
async fn plan(merchant: &Merchant, text: &str) -> Vec<String> {
    let (project, file) = (merchant.project(), parse_catalog(text).unwrap());
    let changes = merchant.app().read(move |cx, tx| plan_catalog(cx, tx, project, &file)).await.unwrap();
    changes.iter().map(ToString::to_string).collect()
}

/// The objects of a kind at Stripe, those of the merchant's first catalogue included.
async fn at_stripe(merchant: &Merchant, kind: &str) -> Vec<Value> {
    let stripe = Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let list = stripe.get(&format!("/v1/{kind}?limit=100")).await;
    list.body["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_plan_shows_every_step_and_changes_nothing() {
    let merchant = Merchant::new().await;
    let before = at_stripe(&merchant, "products").await;
    let planned = plan(&merchant, MUG).await;
    assert_eq!(
        &planned[..2],
        ["+ product mug (A mug of tea a day)", "+ price mug/monthly: 9.00 EUR every 1 month"]
    );
    assert!(planned.contains(&"~ product line: available becomes archived".to_owned()), "{planned:#?}");
    assert_eq!(plan(&merchant, MUG).await, planned);
    assert_eq!(at_stripe(&merchant, "products").await, before);
}

#[tokio::test]
async fn applied_twice_is_applied_once() {
    let merchant = Merchant::new().await;
    apply(&merchant, MUG).await.unwrap();
    let (products, prices) = (at_stripe(&merchant, "products").await, at_stripe(&merchant, "prices").await);

    assert_eq!(plan(&merchant, MUG).await, Vec::<String>::new());
    let again = apply(&merchant, MUG).await.unwrap();
    assert!(again.changes.is_empty() && again.told_stripe == 0, "{again:?}");
    assert_eq!(at_stripe(&merchant, "products").await, products);
    assert_eq!(at_stripe(&merchant, "prices").await, prices);
}

#[tokio::test]
async fn an_interrupted_apply_goes_on_and_doubles_nothing() {
    for broken in [LineState::Cut, LineState::LosesAnswers, LineState::Nonsense] {
        let merchant = Merchant::new().await;
        let (products, prices) =
            (at_stripe(&merchant, "products").await, at_stripe(&merchant, "prices").await);
        let file = format!("{MUG}{}", MUG.replace("'mug'", "'pot'"));

        merchant.line.set(broken);
        assert!(
            matches!(apply(&merchant, &file).await, Err(ApplyCatalogError::Payments { .. })),
            "{broken:?}"
        );
        merchant.line.set(LineState::Open);
        assert!(!plan(&merchant, &file).await.is_empty(), "{broken:?}: a plan says what is not finished");

        apply(&merchant, &file).await.unwrap();
        assert_eq!(plan(&merchant, &file).await, Vec::<String>::new(), "{broken:?}");
        assert_eq!(at_stripe(&merchant, "products").await.len(), products.len() + 2, "{broken:?}");
        assert_eq!(at_stripe(&merchant, "prices").await.len(), prices.len() + 2, "{broken:?}");
    }
}

#[tokio::test]
async fn a_changed_amount_is_a_new_price_and_the_old_one_is_kept_off_sale() {
    let merchant = Merchant::new().await;
    apply(&merchant, MUG).await.unwrap();
    let dearer = MUG.replace("900", "1100");
    assert_eq!(
        plan(&merchant, &dearer).await,
        ["- price mug/monthly: 9.00 EUR every 1 month", "+ price mug/monthly: 11.00 EUR every 1 month"]
    );
    apply(&merchant, &dearer).await.unwrap();

    let (project, product) = (merchant.project(), merchant.product("mug").await);
    let prices = merchant.app().read(move |_, tx| tx.prices(project).of_product(product.id)).await.unwrap();
    assert_eq!(prices.len(), 2);
    let with = |status| prices.iter().find(|price| price.status == status).unwrap();
    let (old, new) = (with(PriceStatus::Archived), with(PriceStatus::Active));
    assert_eq!((old.amount.amount_minor, new.amount.amount_minor), (900, 1100));
    let at_stripe = at_stripe(&merchant, "prices").await;
    let is_active = |id: &Option<String>| {
        let price = at_stripe.iter().find(|price| price["id"].as_str() == id.as_deref());
        price.unwrap()["active"].as_bool().unwrap()
    };
    assert!(!is_active(&old.stripe_price_id) && is_active(&new.stripe_price_id));
}

#[tokio::test]
async fn what_the_file_no_longer_names_is_archived_and_comes_back_when_it_is_named_again() {
    let merchant = Merchant::new().await;
    let file = format!("{MUG}{}", MUG.replace("'mug'", "'pot'"));
    apply(&merchant, &file).await.unwrap();
    let id = merchant.product("pot").await.id;
    apply(&merchant, MUG).await.unwrap();
    assert_eq!(merchant.product("pot").await.status, ProductStatus::Archived);

    apply(&merchant, &file).await.unwrap();
    let pot = merchant.product("pot").await;
    assert_eq!((pot.id, pot.status), (id, ProductStatus::Available));
    assert_eq!(plan(&merchant, &file).await, Vec::<String>::new());
}

/// The file with these SKUs, for the mug and for the pot.
fn with_skus(mug: &str, pot: &str) -> String {
    let with = |key: &str, sku: &str| MUG.replace("key = 'mug'", &format!("key = '{key}'\nsku = '{sku}'"));
    format!("{}{}", with("mug", mug), with("pot", pot))
}

#[tokio::test]
async fn products_may_swap_their_skus() {
    let merchant = Merchant::new().await;
    apply(&merchant, &with_skus("M-1", "P-1")).await.unwrap();
    apply(&merchant, &with_skus("P-1", "M-1")).await.unwrap();
    let skus = [merchant.product("mug").await.sku, merchant.product("pot").await.sku];
    assert_eq!(skus.map(Option::unwrap), ["P-1", "M-1"]);
}

#[tokio::test]
async fn a_product_under_a_new_key_takes_its_sku_along() {
    let merchant = Merchant::new().await;
    let file = MUG.replace("key = 'mug'", "key = 'mug'\nsku = 'M-1'");
    apply(&merchant, &file).await.unwrap();
    let renamed = file.replace("'mug'", "'cup'");
    apply(&merchant, &renamed).await.unwrap();
    assert_eq!(merchant.product("cup").await.sku.as_deref(), Some("M-1"));
    assert_eq!(merchant.product("mug").await.status, ProductStatus::Archived);
    assert_eq!(plan(&merchant, &renamed).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_price_that_stripe_made_without_our_hearing_of_it_is_taken_off_sale_there_too() {
    let merchant = Merchant::new().await;
    apply(&merchant, MUG).await.unwrap();
    let yearly = "[[product.price]]\nkey = 'yearly'\namount = 7700\ncurrency = 'EUR'\nevery = '1 year'\n";
    merchant.line.set(LineState::LosesAnswers);
    apply(&merchant, &format!("{MUG}{yearly}")).await.unwrap_err();
    merchant.line.set(LineState::Open);
    let is_on_sale = async || {
        let prices = at_stripe(&merchant, "prices").await;
        let yearly = prices.iter().find(|price| price["unit_amount"] == 7700);
        yearly.is_some_and(|price| price["active"].as_bool().unwrap())
    };
    assert!(is_on_sale().await, "Stripe has made it");

    apply(&merchant, MUG).await.unwrap();

    assert!(!is_on_sale().await);
    assert_eq!(plan(&merchant, MUG).await, Vec::<String>::new());
}

/// Somebody works on the platform. The hash is that of "an app's secret", and the other that of "a token".
fn platform() -> String {
    let hash = |secret: &str| hex::encode(perennial_core::secrets::hash(secret));
    format!(
        "[[directory]]\nnumber = 7\nname = 'North'\n\
         [[app]]\ncode_name = 'till'\nname = 'Till'\nsecret_sha256 = '{}'\n\
         [[business]]\nuid = 'bakery1'\nname = 'Harbour Bakery'\ndirectory = 7\n\
         [business.owner]\nuid = 'ada'\nname = 'Ada Quill'\nemail = 'ada@harbour.example'\n\
         [[business.staff]]\nuid = 'bob'\nname = 'Bob Reed'\nemail = 'bob@harbour.example'\n\
         [[token]]\nlabel = 'their till'\nsha256 = '{}'\nbusiness = 'bakery1'\nstaff = 'bob'\napp = 'till'\n",
        hash("an app's secret"),
        hash("a token")
    )
}

#[tokio::test]
async fn whoever_works_on_the_platform_is_made_once_and_left_alone_afterwards() {
    let merchant = Merchant::new().await;
    let file = parse_catalog(&format!("{MUG}{}", platform())).unwrap();
    let (app, project) = (merchant.app(), merchant.project());
    let applied = apply_catalog(app, project, file.clone()).await.unwrap();
    let lines = applied.changes.iter().map(ToString::to_string).collect::<Vec<_>>();
    for line in [
        "+ directory 7 (North)",
        "+ app till (Till)",
        "+ business bakery1 (Harbour Bakery)",
        "+ staff bob of business bakery1 (Bob Reed)",
        "+ token (their till)",
    ] {
        assert!(lines.iter().any(|shown| shown == line), "no {line:?} in {lines:#?}");
    }
    let (token, uid) = app
        .read(move |_, tx| {
            let token = token_by_secret(tx, "a token")?.unwrap();
            let view = tx.businesses(project).view(token.grant.customer_id.unwrap())?.unwrap();
            assert!(token.grant.member_id.is_some() && token.grant.app_id.is_some());
            Ok::<_, StoreError>((token, view.uid))
        })
        .await
        .unwrap();
    assert_eq!((uid.as_str(), token.label.as_str()), ("bakery1", "their till"));

    app.write(move |cx, tx| revoke_token(cx, tx, project, token.id)).await.unwrap();
    let again = apply_catalog(app, project, file).await.unwrap();
    assert!(again.changes.is_empty(), "what was taken back stays so: {:?}", again.changes);
}

#[tokio::test]
async fn a_token_for_nobody_changes_nothing_at_all() {
    let merchant = Merchant::new().await;
    let text = format!("{MUG}{}", platform()).replace("staff = 'bob'", "staff = 'nobody'");
    let refused = apply_catalog(merchant.app(), merchant.project(), parse_catalog(&text).unwrap()).await;
    assert!(matches!(refused, Err(ApplyCatalogError::Platform(_))), "{refused:?}");
    let project = merchant.project();
    let found = merchant.app().read(move |_, tx| find_business(tx, project, "bakery1")).await.unwrap();
    assert!(found.is_none());
}
