//! Businesses that confirm another plan on a form, one after the other: what that takes beside Stripe, from the yes to the
//! successor. Stripe is the sandbox in this process, and the line to it says how long it took.

use perennial_core::business::forms::{
    ChangeRequest, FormPages, FormParty, FormPayment, FormStanding, PartySaid, PayWith, Submission,
    confirm_change, find_form_party, quote_change,
};
use perennial_core::business::{NewBusiness, NewDirectory, NewStaff, create_business, create_directory};
use perennial_core::secrets;
use perennial_domain::Email;
use perennial_testkit::{Merchant, MerchantOptions};

use super::buying::{CATALOGUE, beside_stripe, print_row};
use crate::failure::{Failure, failure};

/// Each changes once.
const BUSINESSES: usize = 300;
/// What each has, and what each takes instead, by key and by SKU.
const FROM: &str = "fieldfare-desk";
const TO: &str = "FF-FLOOR-12";

/// Measures on the database that the environment names, and prints the row.
pub(crate) async fn print() -> Result<(), Failure> {
    let merchant = Merchant::with(MerchantOptions { catalog: CATALOGUE, ..MerchantOptions::default() }).await;
    let project = merchant.project();
    let directory = NewDirectory { number: None, name: "Bench".to_owned() };
    merchant.app().write(move |cx, tx| create_directory(cx, tx, project, &directory)).await?;
    let mut took = Vec::new();
    for number in 0..BUSINESSES {
        let party = paying_business(&merchant, number).await?;
        took.push(change(&merchant, &party, number).await?);
    }
    print_row("businesses: a change of plan confirmed, beside Stripe", "< 20 ms", took);
    Ok(())
}

/// A business that pays for its plan, by a card that is on file since.
async fn paying_business(merchant: &Merchant, number: usize) -> Result<FormParty, Failure> {
    let (project, uid) = (merchant.project(), format!("business{number}"));
    let email = Email::parse(&format!("owner.{number}@bench.example"))?;
    let owner = NewStaff { uid: None, email, full_name: format!("Owner {number}") };
    let new =
        NewBusiness { uid: Some(uid.clone()), name: format!("Business {number}"), directory: None, owner };
    let made = merchant.app().write(move |cx, tx| create_business(cx, tx, project, &new)).await?;
    let checkout = merchant.open(made.business.customer_id, FROM).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let said = PartySaid { business_uid: uid, project: None, signed: None, offers: Vec::new() };
    Ok(find_form_party(merchant.app(), said).await?)
}

async fn change(
    merchant: &Merchant,
    party: &FormParty,
    number: usize,
) -> Result<std::time::Duration, Failure> {
    let app = merchant.app();
    let request = ChangeRequest {
        current_plan: None,
        selected_plan: TO.to_owned(),
        payment_type: None,
        currency: None,
    };
    let quote = quote_change(app, party, &request).await?;
    let submission = Submission {
        nonce_hash: secrets::hash(&format!("form {number}")),
        address: "/checkout/change-plan".to_owned(),
        due_minor: quote.due.amount_minor,
        next_minor: quote.price.amount.amount_minor,
        prices: vec![quote.price.id],
        shown_at: quote.quoted_at,
        member: None,
        goes_on_with: None,
    };
    let return_base = "https://connect.bench.example/checkout/forms".to_owned();
    let pages = FormPages { return_base, locale: "en".to_owned() };
    let payment = FormPayment { pages: Some(pages), yes_with: Some(PayWith::SavedCard) };
    let confirm = async {
        let confirmed = Box::pin(confirm_change(app, party, &request, &submission, &payment)).await?;
        match confirmed.standing {
            FormStanding::Done => Ok(()),
            standing => Err(failure(format!("the change stands at {standing:?}"))),
        }
    };
    beside_stripe(merchant, confirm).await
}
