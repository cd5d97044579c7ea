//! The organizations of the demo: one without a subscription, one that pays, and one that has cancelled, each with a
//! member who can log in. They buy as everybody does, from the sandbox.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use jiff::tz::TimeZone;
use perennial_core::change::Change;
use perennial_core::context::App;
use perennial_core::organizations::{
    Buy, NewMember, NewOrganization, buy, cancel, create_member, create_organization, find_member, offers,
    session_status, set_password,
};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{
    CancelMode, Customer, Email, Member, MemberRole, OrganizationSettings, PeriodType, ProjectId,
};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use stripe_sandbox::Sandbox;
use stripe_sandbox::checkout::PayInput;
use tower::ServiceExt;
use url::Url;

use super::facts::PROJECT;
use crate::failure::{Explain, Failure};

/// The exclusive group of the software product in `examples/catalog.toml`.
const PRODUCT_LINE: &str = "workspace";
/// The page on the shop to which Stripe sends who paid.
const RETURN_PATH: &str = "/demo/organizations";
/// Play money needs no better one.
const PASSWORD: &str = "larkspur-demo";
/// The payment itself takes a moment of it.
const PATIENCE: Duration = Duration::from_millis(500);
/// Much more than the three answers take.
const MOST_BYTES: usize = 64 * 1024;

/// How an organization of the demo stands when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    WithoutSubscription,
    Active,
    CancelledAtPeriodEnd,
}

/// Each with the name that makes its id and its member's address.
const ORGANIZATIONS: [(&str, &str, Beginning); 3] = [
    ("bramble", "Bramble Studio", Beginning::WithoutSubscription),
    ("thistle", "Thistle Press", Beginning::Active),
    ("yarrow", "Yarrow Archive", Beginning::CancelledAtPeriodEnd),
];

/// What `demo.json` says of the second door.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrganizationsFacts {
    base_url: String,
    users: Vec<UserFacts>,
}

/// Somebody to log in as.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserFacts {
    email: String,
    password: &'static str,
    /// Works for an hour.
    access_token: String,
    org_id: String,
}

/// Makes what is missing, and logs everybody in. What became of an organization since stays as it is.
pub(super) async fn prepare(
    app: &App,
    sandbox: &Sandbox,
    doors: &Router,
    frontend: &Url,
    base_url: String,
) -> Result<OrganizationsFacts, Failure> {
    let (project, settings) = configure(app, frontend).await?;
    let mut users = Vec::new();
    for (slug, name, beginning) in ORGANIZATIONS {
        let (member, organization, is_new) = find_or_make(app, project, slug, name).await?;
        if is_new && beginning != Beginning::WithoutSubscription {
            subscribe(app, sandbox, &settings, &member, &organization).await?;
        }
        if is_new && beginning == Beginning::CancelledAtPeriodEnd {
            cancel(app, project, &organization, &settings, Some(CancelMode::PeriodEnd)).await?;
        }
        let access_token = log_in(doors, member.email.as_str()).await?;
        users.push(UserFacts {
            email: member.email.as_str().to_owned(),
            password: PASSWORD,
            access_token,
            org_id: organization.external_id.unwrap_or_default(),
        });
    }
    Ok(OrganizationsFacts { base_url, users })
}

/// The shop may be at another port than the last time.
async fn configure(app: &App, frontend: &Url) -> Result<(ProjectId, OrganizationSettings), Failure> {
    let mut settings = OrganizationSettings::new(PRODUCT_LINE, frontend.clone());
    RETURN_PATH.clone_into(&mut settings.return_path);
    RETURN_PATH.clone_into(&mut settings.cancel_path);
    let organizations = Change::To(Some(settings.clone()));
    let patch = ProjectPatch { organizations, ..ProjectPatch::default() };
    let project = app
        .write(move |cx, tx| {
            let project = tx.projects().find_by_slug(PROJECT)?;
            let project = project.ok_or_else(|| Failure::new("the demo has no project"))?;
            Ok::<_, Failure>(update_project(cx, tx, project.id, &patch)?.id)
        })
        .await?;
    Ok((project, settings))
}

/// The organization and its member, and whether they are new.
async fn find_or_make(
    app: &App,
    project: ProjectId,
    slug: &'static str,
    name: &'static str,
) -> Result<(Member, Customer, bool), Failure> {
    let user_id = format!("user-{slug}");
    let known = app.read(move |_, tx| find_member(tx, project, &user_id)).await?;
    if let Some((member, Some(organization))) = known {
        return Ok((member, organization, false));
    }
    let (member, organization) = app
        .write(move |cx, tx| {
            let external_id = Some(format!("org-{slug}"));
            let organization = create_organization(
                cx,
                tx,
                project,
                &NewOrganization { external_id, name: name.to_owned() },
            )?;
            let new = NewMember {
                external_id: Some(format!("user-{slug}")),
                organization: Some(organization.id),
                email: Email::parse(&format!("owner@{slug}.example")).or_fail("the demo's address")?,
                full_name: format!("{name} Owner"),
                role: MemberRole::Owner,
            };
            Ok::<_, Failure>((create_member(cx, tx, project, &new)?, organization))
        })
        .await?;
    set_password(app, project, member.id, SecretString::from(PASSWORD)).await?;
    Ok((member, organization, true))
}

/// The organization buys the plan that is paid monthly.
async fn subscribe(
    app: &App,
    sandbox: &Sandbox,
    settings: &OrganizationSettings,
    member: &Member,
    organization: &Customer,
) -> Result<(), Failure> {
    let project = organization.project_id;
    let offers = app.read(move |_, tx| offers(tx, project, PRODUCT_LINE)).await?;
    let mut periods = offers.iter().flat_map(|offer| &offer.periods);
    let monthly = periods.find(|(period, price)| *period == PeriodType::Monthly && !price.amount.is_zero());
    let (_, price) = monthly.ok_or_else(|| Failure::new("the demo's catalogue has no monthly plan"))?;
    let command = Buy {
        project,
        settings: settings.clone(),
        organization: organization.clone(),
        member: member.clone(),
        price: price.id,
        ui: None,
    };
    let session = buy(app, command).await?.session_id;
    // The sandbox waits for the server to hear of the payment, and the server is not open yet. That the payment was taken
    // is asked for below, and what the server has not heard it is told later.
    let paying = tokio::time::timeout(PATIENCE, sandbox.pay(&session, card(app, organization))).await;
    if let Ok(refused) = paying {
        refused.or_fail("the sandbox takes no card")?;
    }
    session_status(app, project, organization, &session).await?;
    Ok(())
}

/// The card that always works.
fn card(app: &App, organization: &Customer) -> PayInput {
    let this_year = app.now().to_zoned(TimeZone::UTC).year();
    PayInput {
        name: organization.full_name.clone().unwrap_or_default(),
        card_number: "4242424242424242".to_owned(),
        exp_month: 12,
        exp_year: i64::from(this_year) + 5,
        cvc: "123".to_owned(),
        ..PayInput::default()
    }
}

/// Through the door itself, before it is open to others.
async fn log_in(doors: &Router, email: &str) -> Result<String, Failure> {
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let request = Request::post("/user/login").body(Body::from(body)).or_fail("the log-in")?;
    let response = doors.clone().oneshot(request).await.or_fail("the log-in")?;
    if response.status() != StatusCode::OK {
        return Err(Failure::new(format!("{email} cannot log in: {}", response.status())));
    }
    let body = axum::body::to_bytes(response.into_body(), MOST_BYTES).await.or_fail("the log-in")?;
    let body: Value = serde_json::from_slice(&body).or_fail("the log-in")?;
    Ok(body["accessToken"].as_str().unwrap_or_default().to_owned())
}
