//! The businesses of the demo: one that pays with a card that Stripe keeps, one with the free package, and one without
//! any. They buy as everybody does, from the sandbox.

use std::time::Duration;

use jiff::tz::TimeZone;
use perennial_core::business::{
    Grant, NewBusiness, NewStaff, NewToken, create_business, create_token, find_business, find_purchasable,
    grant_in, list_tokens, revoke_token,
};
use perennial_core::checkout::{
    OrderRequest, StartCheckout, Started, place_order, settle_checkout, start_checkout,
};
use perennial_core::context::App;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{
    Business, BusinessSettings, CheckoutTerms, Email, Goods, Order, ProjectId, SubscriptionOrder, TokenGrant,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use stripe_sandbox::Sandbox;
use stripe_sandbox::checkout::PayInput;
use url::Url;

use super::facts::PROJECT;
use crate::failure::{Explain, Failure};

/// The payment itself takes a moment of it.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the tokens of `demo.json` are called.
const TOKEN_LABEL: &str = "demo.json";

/// How a business of the demo stands when it is made.
#[derive(Clone, Copy, Debug)]
enum Beginning {
    Pays(&'static str),
    HasForNothing(&'static str),
    WithoutSubscription,
}

/// Each with its uid, its name and its owner's uid.
const BUSINESSES: [(&str, &str, &str, Beginning); 3] = [
    ("harbour0bakery01", "Harbour Bakery", "ownerharbour0001", Beginning::Pays("FF-DESK-12")),
    ("meadow0repairs02", "Meadow Repairs", "ownermeadow00002", Beginning::HasForNothing("FF-TRIAL")),
    ("quarry0pottery03", "Quarry Pottery", "ownerquarry00003", Beginning::WithoutSubscription),
];

/// What the printed link offers the first of them.
const OFFERED: &str = "FF-FLOOR-12";

/// What `demo.json` says of the third door.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BusinessesFacts {
    base_url: String,
    businesses: Vec<BusinessFact>,
    directory_token: String,
    checkout_base: String,
}

impl BusinessesFacts {
    /// To the form that fits the first business, whatever it has by now.
    pub(super) fn form_link(&self) -> String {
        let (base, [(uid, ..), ..]) = (&self.checkout_base, BUSINESSES);
        format!("{base}/app/settings/paygateproxy?business_uid={uid}&plan={OFFERED}")
    }
}

/// A business, and a token of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BusinessFact {
    business_uid: String,
    token: String,
    /// What it has when it is made.
    current_sku: Option<String>,
}

/// Makes what is missing. What became of a business since stays as it is; its token is a fresh one with each start, and the
/// one of before stops working.
pub(super) async fn prepare(
    app: &App,
    sandbox: &Sandbox,
    base_url: String,
    frontend: &Url,
) -> Result<BusinessesFacts, Failure> {
    let project = configure(app, frontend).await?;
    revoke_former_tokens(app, project).await?;
    let mut businesses = Vec::new();
    let mut directory = None;
    for (uid, name, owner, beginning) in BUSINESSES {
        let business = find_or_make(app, sandbox, project, (uid, name, owner), beginning).await?;
        let grant = TokenGrant {
            customer_id: Some(business.customer_id),
            member_id: Some(business.owner_id),
            ..TokenGrant::default()
        };
        let token = fresh_token(app, project, grant).await?.expose_secret().to_owned();
        let current_sku = match beginning {
            Beginning::Pays(sku) | Beginning::HasForNothing(sku) => Some(sku.to_owned()),
            Beginning::WithoutSubscription => None,
        };
        businesses.push(BusinessFact { business_uid: uid.to_owned(), token, current_sku });
        directory = Some(business.directory_id);
    }
    let grant = TokenGrant { directory_id: directory, ..TokenGrant::default() };
    let directory_token = fresh_token(app, project, grant).await?.expose_secret().to_owned();
    Ok(BusinessesFacts { checkout_base: base_url.clone(), base_url, businesses, directory_token })
}

/// Forms lead back to the shop, which may be at another port than the last time, and to the server itself. What else was set
/// stays.
async fn configure(app: &App, frontend: &Url) -> Result<ProjectId, Failure> {
    let host = |url: &Url| Some(url[url::Position::BeforeHost..url::Position::AfterPort].to_owned());
    let hosts = [host(frontend), host(&app.settings().connect_url)];
    let frontend = frontend.clone();
    app.write(move |cx, tx| {
        let project = tx.projects().find_by_slug(PROJECT)?;
        let project = project.ok_or_else(|| Failure::new("the demo has no project"))?;
        let kept = project.settings.business;
        let mut redirect_allow_list = kept.redirect_allow_list.clone();
        redirect_allow_list.extend(hosts.clone().into_iter().flatten());
        redirect_allow_list.sort();
        redirect_allow_list.dedup();
        let checkout_base_url = Some(frontend.clone());
        let settings = BusinessSettings { redirect_allow_list, checkout_base_url, ..kept };
        let patch = ProjectPatch { business: Some(settings), ..ProjectPatch::default() };
        Ok(update_project(cx, tx, project.id, &patch)?.id)
    })
    .await
}

async fn find_or_make(
    app: &App,
    sandbox: &Sandbox,
    project: ProjectId,
    (uid, name, owner): (&'static str, &'static str, &'static str),
    beginning: Beginning,
) -> Result<Business, Failure> {
    let known = app.read(move |_, tx| find_business(tx, project, uid)).await?;
    if let Some(known) = known {
        return Ok(known.business);
    }
    let new = NewBusiness {
        uid: Some(uid.to_owned()),
        name: name.to_owned(),
        directory: None,
        owner: NewStaff {
            uid: Some(owner.to_owned()),
            email: Email::parse(&format!("{owner}@businesses.example")).or_fail("the demo's address")?,
            full_name: format!("{name} Owner"),
        },
    };
    let business = app.write(move |cx, tx| create_business(cx, tx, project, &new)).await?.business;
    match beginning {
        Beginning::Pays(sku) => buy(app, sandbox, &business, name, sku).await?,
        Beginning::HasForNothing(sku) => give(app, &business, sku).await?,
        Beginning::WithoutSubscription => {}
    }
    Ok(business)
}

async fn give(app: &App, business: &Business, sku: &'static str) -> Result<(), Failure> {
    let business = business.clone();
    app.write(move |cx, tx| {
        let found = find_purchasable(tx, business.project_id, sku)?;
        let found = found.ok_or_else(|| Failure::new(format!("the demo's catalogue has no {sku}")))?;
        let price = found.prices.into_iter().next().ok_or_else(|| Failure::new("it has no price"))?;
        grant_in(cx, tx, &Grant::of(&business, found.product, price))?;
        Ok(())
    })
    .await
}

/// Through Stripe's Checkout, where the card is kept.
async fn buy(
    app: &App,
    sandbox: &Sandbox,
    business: &Business,
    name: &str,
    sku: &'static str,
) -> Result<(), Failure> {
    let (project, customer) = (business.project_id, business.customer_id);
    let order = app
        .read(move |_, tx| {
            let found = find_purchasable(tx, project, sku)?;
            let found = found.ok_or_else(|| Failure::new(format!("the demo's catalogue has no {sku}")))?;
            let wanted = OrderRequest { plan: found.product.id, addons: Vec::new(), voucher: None };
            let placed = place_order(tx, project, &wanted)?;
            let goods = Goods::Subscription(SubscriptionOrder::of(placed.lines().0));
            Ok::<_, Failure>(Order { goods, voucher: None, due_now: placed.due_now })
        })
        .await?;
    let page = app.settings().connect_url.to_string();
    let command = StartCheckout {
        project,
        customer,
        connect_session: None,
        order,
        terms: CheckoutTerms { member_id: Some(business.owner_id), ..CheckoutTerms::default() },
        locale: "en-US".to_owned(),
        return_url: page.clone(),
        cancel_url: page,
    };
    let Started::Pay { checkout, .. } = start_checkout(app, command).await? else { return Ok(()) };
    let kept = app.read(move |_, tx| tx.checkouts(project).find(checkout)).await?;
    let session = kept.and_then(|kept| kept.stripe_session_id).unwrap_or_default();
    // The sandbox waits for the server to hear of the payment, and the server is not open yet: what came of it is asked for.
    if let Ok(refused) = tokio::time::timeout(PATIENCE, sandbox.pay(&session, card(app, name))).await {
        refused.or_fail("the sandbox takes no card")?;
    }
    settle_checkout(app, project, checkout).await?;
    Ok(())
}

/// The card that always works.
fn card(app: &App, name: &str) -> PayInput {
    let this_year = app.now().to_zoned(TimeZone::UTC).year();
    PayInput {
        name: name.to_owned(),
        card_number: "4242424242424242".to_owned(),
        exp_month: 12,
        exp_year: i64::from(this_year) + 5,
        cvc: "123".to_owned(),
        ..PayInput::default()
    }
}

/// Only their hashes are kept, so they cannot be told again.
async fn revoke_former_tokens(app: &App, project: ProjectId) -> Result<(), Failure> {
    app.write(move |cx, tx| {
        // A start makes one for each business.
        let former = list_tokens(cx, tx, project, (1_000, 0))?;
        let former = former.into_iter().filter(|token| token.label == TOKEN_LABEL);
        for token in former {
            revoke_token(cx, tx, project, token.id)?;
        }
        Ok(())
    })
    .await
}

async fn fresh_token(app: &App, project: ProjectId, grant: TokenGrant) -> Result<SecretString, Failure> {
    let new = NewToken { grant, label: TOKEN_LABEL.to_owned(), expires_at: None };
    Ok(app.write(move |cx, tx| create_token(cx, tx, project, &new)).await?.1)
}
