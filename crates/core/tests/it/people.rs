//! Customers: what they say of themselves on the pages, and what becomes of them when they are deleted.

use jiff::SignedDuration;
use perennial_core::addresses::{AddressLine, NewAddress, add};
use perennial_core::change::Change;
use perennial_core::connect_sessions::{NewSession, Visitor, create};
use perennial_core::context::Cx;
use perennial_core::customers::{self, CustomerPatch, DeleteCustomerError};
use perennial_core::subscriptions::cancel_subscription;
use perennial_core::visits::{
    AddressAnswer, AnswerError, AnswerField, BrowserKey, Mistake, MistakeKind, NumberAnswer, OwnAction,
    Visit, VisitError, checkout_visit, choose_number, enter, find_own, list_allowed, load_visit, move_house,
    rename,
};
use perennial_domain::{
    Address, Appearance, Cancellation, CancellationCause, CountryCode, CustomerId, CustomerStatus, Email,
    Intent, NewSubscription, SubscriptionState,
};
use perennial_store::Tx;
use perennial_testkit::{LineState, Merchant};
use secrecy::ExposeSecret;

/// A customer who follows a link for this intent.
async fn visit(
    merchant: &Merchant,
    customer: CustomerId,
    intent: Intent,
) -> (BrowserKey, Result<Visit, VisitError>) {
    let request = NewSession {
        intent,
        callback: None,
        appearance: Appearance::default(),
        visitor: Some(Visitor::Known(customer)),
    };
    let (project, lifetime) = (merchant.project(), merchant.app().settings().link_lifetime);
    let opened =
        merchant.app().write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await.unwrap();
    let token = opened.token.unwrap();
    let entered = enter(merchant.app(), opened.session.id, token.expose_secret()).await.unwrap();
    let key = BrowserKey(entered.browser_key.expose_secret().to_owned());
    let visit = look(merchant, &entered.session.id, &key).await;
    (key, visit)
}

async fn look(
    merchant: &Merchant,
    session: &perennial_domain::ConnectSessionId,
    key: &BrowserKey,
) -> Result<Visit, VisitError> {
    let (session, key) = (*session, key.clone());
    merchant.app().read(move |cx, tx| load_visit(cx, tx, session, &key)).await
}

fn home(line1: &str) -> AddressAnswer {
    AddressAnswer {
        line1: line1.to_owned(),
        city: "Berlin".to_owned(),
        postal_code: "10115".to_owned(),
        country: "DE".to_owned(),
        ..AddressAnswer::default()
    }
}

async fn addresses(merchant: &Merchant, customer: CustomerId) -> Vec<Address> {
    let project = merchant.project();
    merchant.test.write(move |_, tx| tx.addresses(project).active_of(customer)).await
}

#[tokio::test]
async fn who_was_deleted_while_a_page_was_open_changes_nothing() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let (key, open) = visit(&merchant, customer.id, Intent::UpdateUserFullName).await;
    let open = open.unwrap();
    customers::delete(merchant.app(), merchant.project(), customer.id).await.unwrap();

    let renamed = rename(merchant.app(), &open, "Ada Quill").await;
    let moved = move_house(merchant.app(), &open, &home("Lindenallee 8")).await;

    assert!(matches!(renamed, Err(AnswerError::Gone)), "{renamed:?}");
    assert!(matches!(moved, Err(AnswerError::Gone)), "{moved:?}");
    assert!(addresses(&merchant, customer.id).await.is_empty());
    let looked = look(&merchant, &open.session.id, &key).await;
    assert!(matches!(looked, Err(VisitError::Expired(..))), "{looked:?}");
}

#[tokio::test]
async fn a_name_that_the_api_takes_is_taken_on_the_pages() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    for (characters, is_name) in [(255, true), (256, false)] {
        let (_, open) = visit(&merchant, customer.id, Intent::UpdateUserFullName).await;
        let renamed = rename(merchant.app(), &open.unwrap(), &"a".repeat(characters)).await;
        assert_eq!(renamed.is_ok(), is_name, "{characters} characters");
    }
}

#[tokio::test]
async fn an_address_that_the_api_refuses_is_refused_on_the_pages() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let (_, open) = visit(&merchant, customer.id, Intent::UpdateUserAddress).await;
    let answer = AddressAnswer {
        state: "California".to_owned(),
        country: "US".to_owned(),
        ..AddressAnswer::default()
    };

    let Err(AnswerError::Mistakes(mistakes)) = move_house(merchant.app(), &open.unwrap(), &answer).await
    else {
        panic!("the address is kept")
    };

    let missing = |line| Mistake { field: AnswerField::Address(line), kind: MistakeKind::Missing };
    let state = Mistake { field: AnswerField::Address(AddressLine::State), kind: MistakeKind::Invalid };
    let [line, code, city] = [AddressLine::Line1, AddressLine::PostalCode, AddressLine::City].map(missing);
    assert_eq!(mistakes, [line, code, city, state]);
}

#[tokio::test]
async fn the_eleventh_address_takes_the_place_of_the_oldest() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    for number in 1..=10 {
        let new = NewAddress {
            line1: format!("Lindenallee {number}"),
            line2: None,
            city: "Berlin".to_owned(),
            state: None,
            postal_code: Some("10115".to_owned()),
            country: CountryCode::parse("DE").unwrap(),
        };
        merchant.test.clock().advance(SignedDuration::from_secs(1));
        let project = merchant.project();
        merchant.app().write(move |cx, tx| add(cx, tx, project, customer.id, &new)).await.unwrap();
    }

    for line1 in ["lindenallee  10", "Lindenallee 11"] {
        let (_, open) = visit(&merchant, customer.id, Intent::UpdateUserAddress).await;
        move_house(merchant.app(), &open.unwrap(), &home(line1)).await.unwrap();
    }

    let kept = addresses(&merchant, customer.id).await;
    assert_eq!(kept.len(), 10);
    let has = |line1: &str| kept.iter().any(|address| address.line1 == line1);
    assert!(has("Lindenallee 11") && has("Lindenallee 2") && !has("Lindenallee 1"));
}

#[tokio::test]
async fn a_sixth_number_takes_the_place_of_the_oldest_draft() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let intent = Intent::CheckoutNewSubscription(NewSubscription {
        plan: merchant.product("line").await.id,
        sim: None,
        device: None,
        imei: None,
        addons: Vec::new(),
        voucher_code: None,
    });
    let (_, open) = visit(&merchant, customer.id, intent).await;
    let open = open.unwrap();
    let buying = merchant.app().read(move |_, tx| checkout_visit(tx, open)).await.unwrap();

    for digit in 1..=6 {
        let answer = NumberAnswer::Keep { phone_number: format!("+3165550010{digit}"), account_number: None };
        let buying = buying.clone();
        merchant.test.clock().advance(SignedDuration::from_secs(1));
        merchant.app().write(move |cx, tx| choose_number(cx, tx, &buying, &answer)).await.unwrap();
    }

    let project = merchant.project();
    let drafts = merchant.test.write(move |_, tx| tx.portings(project).drafts_of(customer.id)).await;
    let numbers = drafts.iter().map(|draft| draft.phone_number.as_str()).collect::<Vec<_>>();
    let kept = ["+31655500106", "+31655500105", "+31655500104", "+31655500103", "+31655500102"];
    assert_eq!(numbers, kept);
}

#[tokio::test]
async fn deleting_a_customer_who_is_paying_ends_nothing() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let paid = merchant.open(customer.id, "line").await;
    merchant.pay(&paid).await;
    merchant.hear_from_stripe().await;
    merchant.open(customer.id, "prepaid").await;

    let refused = customers::delete(merchant.app(), merchant.project(), customer.id).await;

    assert!(matches!(refused, Err(DeleteCustomerError::Paying(id)) if id == customer.id), "{refused:?}");
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!((subscription.state, subscription.cancellation), (SubscriptionState::Active, None));
    let at_stripe = subscription.stripe_subscription_id.unwrap();
    assert_eq!(merchant.line.count(&format!("DELETE /v1/subscriptions/{at_stripe}")), 0);
}

#[tokio::test]
async fn a_deletion_that_was_cut_short_says_why_the_subscription_ended_and_goes_on() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let paid = merchant.open(customer.id, "line").await;
    merchant.pay(&paid).await;
    merchant.hear_from_stripe().await;
    let project = merchant.project();

    merchant.line.set(LineState::LosesAnswers);
    let cut_short = customers::delete(merchant.app(), project, customer.id).await;
    merchant.line.set(LineState::Open);

    assert!(matches!(cut_short, Err(DeleteCustomerError::Ending(_))), "{cut_short:?}");
    let blocked = merchant.test.write(move |_, tx| tx.customers(project).find(customer.id)).await.unwrap();
    assert_eq!(blocked.status, CustomerStatus::Blocked);
    assert!(
        merchant.start(customer.id, "notebook-free").await.is_err(),
        "a blocked customer bought something"
    );
    merchant.hear_from_stripe().await;
    let [ended] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::UserDeleted);
    let deleted = customers::delete(merchant.app(), project, customer.id).await.unwrap();
    assert_eq!((deleted.status, deleted.email), (CustomerStatus::Deleted, None));
}

#[tokio::test]
async fn a_customer_may_do_what_would_succeed_now_and_nothing_else() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (project, id) = (merchant.project(), subscription.id);
    let (_, open) = visit(&merchant, subscription.customer_id, Intent::ViewSubscription(id)).await;
    let open = open.unwrap();
    let allowed = async || {
        let visit = open.clone();
        let ask = move |cx: &Cx, tx: &mut Tx<'_>| {
            let own = find_own(cx, tx, &visit, id)?.expect("it is theirs");
            list_allowed(cx, tx, &visit, &own)
        };
        merchant.test.write(ask).await
    };
    let (buy, card) = (OwnAction::BuyAddon, OwnAction::ChangeCard);
    assert_eq!(allowed().await, [OwnAction::ChangePlan, buy, card, OwnAction::Cancel]);

    let requested = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), project, id, requested).await.unwrap();
    assert_eq!(allowed().await, [buy, card, OwnAction::Resume]);
}

/// What an app says of a customer.
async fn say(merchant: &Merchant, id: CustomerId, patch: CustomerPatch) {
    let project = merchant.project();
    merchant.app().write(move |cx, tx| customers::update(cx, tx, project, id, &patch)).await.unwrap();
}

fn called(email: &str, full_name: &str) -> CustomerPatch {
    CustomerPatch {
        email: Some(Email::parse(email).unwrap()),
        full_name: Change::To(Some(full_name.to_owned())),
        ..CustomerPatch::default()
    }
}

/// The request that tells Stripe of a customer, and the address and the name that Stripe has of them.
async fn at_stripe(merchant: &Merchant, id: CustomerId) -> (String, [String; 2]) {
    let project = merchant.project();
    let customer = merchant.test.write(move |_, tx| tx.customers(project).find(id)).await.unwrap();
    let path = format!("/v1/customers/{}", customer.stripe_customer_id.unwrap());
    let known = merchant.stripe().get(&path).await.expect(200);
    let shown = ["email", "name"].map(|name| known[name].as_str().unwrap_or_default().to_owned());
    (format!("POST {path}"), shown)
}

#[tokio::test]
async fn another_address_and_another_name_are_told_to_stripe_and_nothing_else_is() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.customer_id;
    say(&merchant, id, called("countess@example.com", "Ada King")).await;
    merchant.work().await;
    let (telling, shown) = at_stripe(&merchant, id).await;
    assert_eq!(shown, ["countess@example.com", "Ada King"]);

    let birthday = Change::To(Some("1990-12-10".parse().unwrap()));
    say(&merchant, id, CustomerPatch { birthday, ..called("countess@example.com", "Ada King") }).await;
    merchant.work().await;
    assert_eq!(merchant.line.count(&telling), 1, "what is known already is told again");

    say(&merchant, id, CustomerPatch { full_name: Change::To(None), ..CustomerPatch::default() }).await;
    merchant.work().await;
    assert_eq!(at_stripe(&merchant, id).await.1, ["countess@example.com", ""]);
}

#[tokio::test]
async fn a_name_that_stripe_alone_has_outlives_another_address() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.customer_id;
    say(&merchant, id, CustomerPatch { full_name: Change::To(None), ..CustomerPatch::default() }).await;
    merchant.work().await;
    let (telling, _) = at_stripe(&merchant, id).await;
    let path = telling.trim_start_matches("POST ");
    merchant.stripe().post_form(path, "name=Quill%20Ltd").await.expect(200);

    let moved = CustomerPatch {
        email: Some(Email::parse("countess@example.com").unwrap()),
        ..CustomerPatch::default()
    };
    say(&merchant, id, moved).await;
    merchant.work().await;
    assert_eq!(at_stripe(&merchant, id).await.1, ["countess@example.com", "Quill Ltd"]);
}

#[tokio::test]
async fn a_name_that_is_taken_away_is_cleared_though_another_address_waits_to_be_told() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.customer_id;
    say(&merchant, id, called("ada@example.com", "Ada King")).await;
    say(&merchant, id, CustomerPatch { full_name: Change::To(None), ..CustomerPatch::default() }).await;
    merchant.work().await;
    assert_eq!(at_stripe(&merchant, id).await.1[1], "");
}

#[tokio::test]
async fn a_name_that_is_given_on_the_pages_is_told_to_stripe() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.customer_id;
    let (_, visit) = visit(&merchant, id, Intent::UpdateUserFullName).await;
    rename(merchant.app(), &visit.unwrap(), "Ada King").await.unwrap();
    merchant.work().await;
    assert_eq!(at_stripe(&merchant, id).await.1[1], "Ada King");
}

#[tokio::test]
async fn stripe_is_told_what_is_true_when_it_can_be_reached_again() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.customer_id;
    merchant.line.set(LineState::Cut);
    say(&merchant, id, called("first@example.com", "Ada First")).await;
    merchant.work().await;
    say(&merchant, id, called("second@example.com", "Ada Second")).await;
    merchant.line.set(LineState::Open);
    merchant.pass(SignedDuration::from_hours(1)).await;
    assert_eq!(at_stripe(&merchant, id).await.1, ["second@example.com", "Ada Second"]);
}

#[tokio::test]
async fn who_changes_while_stripe_first_hears_of_them_is_known_there_by_what_is_true() {
    let merchant = Merchant::new().await;
    let id = merchant.customer("ada@example.com").await.id;
    let held = merchant.line.hold("POST /v1/customers");
    tokio::join!(merchant.open(id, "line"), async {
        held.arrived().await;
        say(&merchant, id, called("countess@example.com", "Ada King")).await;
        held.release();
    });
    assert_eq!(at_stripe(&merchant, id).await.1[0], "ada@example.com");
    merchant.work().await;
    assert_eq!(at_stripe(&merchant, id).await.1, ["countess@example.com", "Ada King"]);
}

#[tokio::test]
async fn nobody_is_told_of_who_is_not_known_at_stripe_or_was_deleted() {
    let merchant = Merchant::new().await;
    let id = merchant.customer("ada@example.com").await.id;
    say(&merchant, id, called("countess@example.com", "Ada King")).await;
    assert_eq!(merchant.work().await, 0);

    merchant.open(id, "line").await;
    let (telling, _) = at_stripe(&merchant, id).await;
    say(&merchant, id, called("again@example.com", "Ada King")).await;
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut customer = tx.customers(project).lock(id)?.unwrap();
            (customer.status, customer.email, customer.full_name) = (CustomerStatus::Deleted, None, None);
            tx.customers(project).update(&customer)
        })
        .await;
    merchant.work().await;
    assert_eq!(merchant.line.count(&telling), 0);
}
