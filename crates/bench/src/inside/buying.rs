//! Organizations that begin to buy, one after the other: what a purchase takes beside Stripe. Stripe is the sandbox in
//! this process, and the line to it says how long it took. What the door adds, the token and the rows of who asks, is in
//! the row of `GET subscriptions/my`.

use std::time::{Duration, Instant};

use perennial_core::organizations::{
    Buy, NewMember, NewOrganization, buy, create_member, create_organization,
};
use perennial_domain::{Customer, Email, Member, MemberRole, OrganizationSettings, PriceId};
use perennial_testkit::{Merchant, MerchantOptions};

use crate::failure::{Failure, failure};
use crate::organizations::PRODUCT_LINE;

/// Each buys once, so each becomes a customer at Stripe on the way.
const ORGANIZATIONS: usize = 1_000;
pub(super) const CATALOGUE: &str = include_str!("../../../../examples/catalog.toml");

/// Measures on the database that the environment names, and prints the row.
pub(crate) async fn print() -> Result<(), Failure> {
    let merchant = Merchant::with(MerchantOptions { catalog: CATALOGUE, ..MerchantOptions::default() }).await;
    let settings = OrganizationSettings::new(PRODUCT_LINE, "https://app.bench.example".parse()?);
    let price = monthly_price(&merchant).await?;
    let mut took = Vec::new();
    for number in 0..ORGANIZATIONS {
        let (organization, member) = join(&merchant, number).await?;
        let command = Buy {
            project: merchant.project(),
            settings: settings.clone(),
            organization,
            member,
            price,
            ui: None,
        };
        took.push(beside_stripe(&merchant, Box::pin(buy(merchant.app(), command))).await?);
    }
    print_row("organizations: `buy` beside Stripe", "< 5 ms", took);
    Ok(())
}

/// Prints a line of the table: the middle of these times, and that which one in a hundred exceeds.
pub(super) fn print_row(name: &str, goal: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let [median, p99] = [took.len() / 2, took.len() * 99 / 100].map(|place| took[place].as_secs_f64() * 1e3);
    let engine = std::env::var(super::ENGINE_VARIABLE).unwrap_or_else(|_| "sqlite".to_owned());
    println!("| {name}, {engine} | **{median:.2} ms**, p99 {p99:.2} ms | {goal} | |");
}

/// How much longer some work took than Stripe's part in it.
pub(super) async fn beside_stripe<T, E>(
    merchant: &Merchant,
    work: impl Future<Output = Result<T, E>>,
) -> Result<Duration, Failure>
where
    Failure: From<E>,
{
    let (waited_before, begun) = (merchant.line.waited(), Instant::now());
    work.await?;
    let stripes = merchant.line.waited().saturating_sub(waited_before);
    Ok(begun.elapsed().saturating_sub(stripes))
}

async fn monthly_price(merchant: &Merchant) -> Result<PriceId, Failure> {
    let (project, plan) = (merchant.project(), merchant.product("larkspur-plus").await.id);
    let prices = merchant.app().read(move |_, tx| tx.prices(project).active_of_product(plan)).await?;
    let monthly = prices.into_iter().find(|price| price.term.renews());
    Ok(monthly.ok_or_else(|| failure("the catalogue has no plan that renews"))?.id)
}

/// An organization, and its member who buys.
async fn join(merchant: &Merchant, number: usize) -> Result<(Customer, Member), Failure> {
    let project = merchant.project();
    let new = NewOrganization { external_id: None, name: format!("Organization {number}") };
    let organization = merchant.app().write(move |cx, tx| create_organization(cx, tx, project, &new)).await?;
    let new = NewMember {
        external_id: None,
        organization: Some(organization.id),
        email: Email::parse(&format!("owner.{number}@bench.example"))?,
        full_name: format!("Owner {number}"),
        role: MemberRole::Owner,
    };
    let member = merchant.app().write(move |cx, tx| create_member(cx, tx, project, &new)).await?;
    Ok((organization, member))
}
