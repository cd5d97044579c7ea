//! Mails to organizations, which have no address of their own: who heads one reads them.

use perennial_core::organizations::{NewMember, NewOrganization, create_member, create_organization};
use perennial_core::ports::MailContent;
use perennial_core::subscriptions::cancel_subscription;
use perennial_domain::{
    Cancellation, CancellationCause, Customer, Letter, MailState, MemberRole, Subscription,
};
use perennial_testkit::{Merchant, days};

const MEMBERS: [(&str, MemberRole); 4] = [
    ("sam@example.com", MemberRole::User),
    ("bill@example.com", MemberRole::Billing),
    ("olga@example.com", MemberRole::Owner),
    ("otto@example.com", MemberRole::Owner),
];

/// An organization with these members, which has bought a line.
async fn with_members(members: &'static [(&'static str, MemberRole)]) -> (Merchant, Subscription) {
    let merchant = Merchant::new().await;
    let organization = organization(&merchant, members).await;
    let checkout = merchant.open(organization.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let subscription = merchant.only_subscription().await;
    (merchant, subscription)
}

async fn organization(merchant: &Merchant, members: &'static [(&'static str, MemberRole)]) -> Customer {
    let project = merchant.project();
    let made = merchant.app().write(move |cx, tx| {
        let new = NewOrganization { external_id: None, name: "Heron & Daughters".to_owned() };
        create_organization(cx, tx, project, &new)
    });
    let organization = made.await.unwrap();
    for (email, role) in members {
        let id = organization.id;
        merchant.test.clock().advance(jiff::SignedDuration::from_secs(1));
        let made = merchant.app().write(move |cx, tx| {
            let new = NewMember {
                external_id: None,
                organization: Some(id),
                email: perennial_domain::Email::parse(email).unwrap(),
                full_name: (*email).to_owned(),
                role: *role,
            };
            create_member(cx, tx, project, &new)
        });
        made.await.unwrap();
    }
    organization
}

/// To whom mails went since the last time, and what each was about.
fn sent(merchant: &Merchant) -> Vec<(String, &'static str)> {
    let subject = |content: &MailContent| match content {
        MailContent::Receipt(_) => "receipt",
        MailContent::RenewalFailed { .. } => "renewal failed",
        MailContent::Cancellation { .. } => "cancellation",
        other => panic!("{other:?}"),
    };
    let mails = merchant.test.pigeon().take();
    mails.iter().map(|mail| (mail.to.as_str().to_owned(), subject(&mail.content))).collect()
}

#[tokio::test]
async fn the_first_owner_gets_receipts_warnings_and_confirmations() {
    let (merchant, subscription) = with_members(&MEMBERS).await;
    let olga = |subject| vec![("olga@example.com".to_owned(), subject)];
    assert_eq!(sent(&merchant), olga("receipt"));

    cancel(&merchant, &subscription).await;
    assert_eq!(sent(&merchant), olga("cancellation"));

    let (merchant, _) = with_members(&MEMBERS).await;
    sent(&merchant);
    merchant.use_card("pm_card_chargeCustomerFail").await;
    merchant.live(days(32)).await;
    assert_eq!(sent(&merchant), olga("renewal failed"));
}

#[tokio::test]
async fn an_organization_of_plain_users_gets_no_mail_and_its_outbox_says_why() {
    let (merchant, subscription) = with_members(&MEMBERS[..1]).await;
    cancel(&merchant, &subscription).await;
    assert_eq!(sent(&merchant), []);
    let project = merchant.project();
    let outbox = merchant.test.write(move |_, tx| tx.mails(project).newest(20)).await;
    assert!(outbox.iter().any(|mail| matches!(mail.letter, Letter::Receipt { .. })));
    for mail in outbox {
        assert_eq!(mail.state, MailState::Skipped, "{mail:?}");
        assert_eq!(mail.note.as_deref(), Some("there is nobody to send it to"));
    }
}

async fn cancel(merchant: &Merchant, subscription: &Subscription) {
    let requested = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, requested).await.unwrap();
    merchant.work().await;
}
