//! Members of organizations and staff of businesses: nobody goes from one to the other by the command that changes members.

use perennial_core::business::{NewBusiness, NewStaff, create_business};
use perennial_core::change::Change;
use perennial_core::organizations::{
    MemberPatch, NewMember, NewOrganization, SaveMemberError, change_member, create_member,
    create_organization, find_member,
};
use perennial_domain::{CustomerId, Email, Member, MemberId, MemberRole};
use perennial_testkit::Merchant;

async fn business(merchant: &Merchant) -> CustomerId {
    let project = merchant.project();
    let new = NewBusiness {
        uid: None,
        name: "Harbour Bakery".to_owned(),
        directory: None,
        owner: NewStaff {
            uid: Some("ada".to_owned()),
            email: Email::parse("ada@harbour.example").unwrap(),
            full_name: "Ada Quill".to_owned(),
        },
    };
    let made = merchant.app().write(move |cx, tx| create_business(cx, tx, project, &new)).await.unwrap();
    made.business.customer_id
}

async fn organization(merchant: &Merchant) -> CustomerId {
    let project = merchant.project();
    let new = NewOrganization { external_id: None, name: "Reed Boats".to_owned() };
    merchant.app().write(move |cx, tx| create_organization(cx, tx, project, &new)).await.unwrap().id
}

fn bob(organization: Option<CustomerId>) -> NewMember {
    NewMember {
        external_id: Some("bob".to_owned()),
        organization,
        email: Email::parse("bob@reed.example").unwrap(),
        full_name: "Bob Reed".to_owned(),
        role: MemberRole::Owner,
    }
}

async fn member(merchant: &Merchant, name: &'static str) -> Member {
    let project = merchant.project();
    let found = merchant.test.write(move |_, tx| find_member(tx, project, name)).await;
    found.expect("they are there").0
}

async fn send_to(
    merchant: &Merchant,
    id: MemberId,
    organization: Option<CustomerId>,
) -> Result<(), SaveMemberError> {
    let project = merchant.project();
    let patch = MemberPatch { organization: Change::To(organization), ..MemberPatch::default() };
    merchant.app().write(move |cx, tx| change_member(cx, tx, project, id, &patch)).await
}

#[tokio::test]
async fn a_member_of_an_organization_becomes_nobodys_staff() {
    let merchant = Merchant::new().await;
    let (business, organization) = (business(&merchant).await, organization(&merchant).await);
    let project = merchant.project();
    let made = merchant.app().write(move |cx, tx| create_member(cx, tx, project, &bob(Some(business)))).await;
    assert!(matches!(made, Err(SaveMemberError::UnknownOrganization)), "{made:?}");

    let made = merchant.app().write(move |cx, tx| create_member(cx, tx, project, &bob(Some(organization))));
    let bob = made.await.unwrap();
    let sent = send_to(&merchant, bob.id, Some(business)).await;
    assert!(matches!(sent, Err(SaveMemberError::UnknownOrganization)), "{sent:?}");
    assert_eq!(member(&merchant, "bob").await.customer_id, Some(organization));
}

#[tokio::test]
async fn the_staff_of_a_business_become_no_members_and_do_not_leave_it() {
    let merchant = Merchant::new().await;
    let (business, organization) = (business(&merchant).await, organization(&merchant).await);
    let ada = member(&merchant, "ada").await;
    for elsewhere in [None, Some(organization)] {
        let sent = send_to(&merchant, ada.id, elsewhere).await;
        assert!(matches!(sent, Err(SaveMemberError::WorksForBusiness)), "{sent:?}");
    }
    assert_eq!(member(&merchant, "ada").await.customer_id, Some(business));
}
