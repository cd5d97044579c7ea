//! What happens comes back as it was written, and a change changes what it says and nothing else.

use jiff::Timestamp;
use perennial_domain::{
    AddonState, Address, Arrears, Attempts, Callback, Cancellation, CancellationCause, CheckoutState,
    CheckoutStep, ClosedDispute, CustomerStatus, DiscountDuration, DisputeOutcome, Email, Intent, NamedSim,
    NewSubscription, Outcome, Payment, PaymentFailure, PaymentState, Period, PortingStatus, Progress, Rebate,
    Sim, SimChoice, SimStatus, Subscription, SubscriptionState, UserDetails, UserReason, Voucher,
};
use perennial_store::StoreError;
use perennial_store::tables::{EventRow, PageError, PageRequest, PaymentMethodFilter};

use super::fixtures::{
    ADDON, CUSTOMER, PLAN, address, all_same, bought_addon, checkout, connect_session, customer, device,
    euros, id, metadata, minutes, payment, payment_method, porting, project_id, same, shop, sim,
    subscription, write,
};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    customers_come_back,
    addresses_devices_and_portings_come_back,
    sims_come_back,
    connect_sessions_come_back,
    checkouts_come_back,
    subscriptions_come_back,
    renewals_come_back_with_what_else_has_changed,
    bought_addons_come_back,
    payments_come_back,
    what_is_owed_comes_back_until_it_is_paid,
    payment_methods_come_back_until_they_are_detached,
    events_come_back,
    a_change_of_a_row_that_is_not_there_is_an_error,
}

async fn customers_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = customer(CUSTOMER);
    changed.stripe_customer_id = Some("cus_1".into());
    changed.status = CustomerStatus::Blocked;
    changed.email = Some(Email::parse("Mia@Example.org").unwrap());
    let expected = changed.clone();
    let (locked, by_email, by_stripe, before) = write(&store, move |tx| {
        let mut customers = tx.customers(project_id());
        let before = customers.lock(id(CUSTOMER))?;
        customers.update(&changed)?;
        let by_email = customers.find_by_email("mia@example.org")?;
        Ok((customers.find(id(CUSTOMER))?, by_email, customers.find_by_stripe_id("cus_1")?, before))
    })
    .await;
    same(before, &customer(CUSTOMER));
    assert_eq!(by_email.as_ref().unwrap().email.as_ref().unwrap().as_str(), "Mia@Example.org");
    for found in [locked, by_email, by_stripe] {
        same(found, &expected);
    }
}

async fn addresses_devices_and_portings_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let unclaimed = device(60);
    let mut changed = unclaimed.clone();
    changed.customer_id = Some(id(CUSTOMER));
    changed.name = Some("Watch".into());
    changed.metadata = metadata();
    let expected = changed.clone();
    let (removed, active, devices, drafts) = write(&store, move |tx| {
        let mut addresses = tx.addresses(project_id());
        addresses.insert(&address(50))?;
        addresses.insert(&address(51))?;
        addresses.update(&Address { removed_at: Some(minutes(1)), ..address(50) })?;
        let removed = addresses.find(id(50))?;
        let active = addresses.active_of(id(CUSTOMER))?;
        tx.devices(project_id()).insert(&unclaimed)?;
        tx.devices(project_id()).update(&changed)?;
        let imei = changed.imei.as_deref().unwrap_or_default();
        let mut devices = [tx.devices(project_id()).find(id(60))?, tx.devices(project_id()).lock(id(60))?]
            .into_iter()
            .collect::<Vec<_>>();
        devices.push(tx.devices(project_id()).lock_by_imei(imei)?);
        let mut portings = tx.portings(project_id());
        portings.insert(&porting(70, PortingStatus::Draft))?;
        portings.insert(&porting(71, PortingStatus::Draft))?;
        portings.update(&porting(71, PortingStatus::Pending))?;
        Ok((removed, active, devices, (portings.drafts_of(id(CUSTOMER))?, portings.find(id(71))?)))
    })
    .await;
    assert_eq!(removed.unwrap().removed_at, Some(minutes(1)));
    same(active.first(), &address(51));
    assert_eq!((active.len(), devices.len(), drafts.0.len()), (1, 3, 1));
    all_same(devices, &expected);
    same(drafts.0.first(), &porting(70, PortingStatus::Draft));
    same(drafts.1, &porting(71, PortingStatus::Pending));
}

async fn sims_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = sim(40);
    changed.status = SimStatus::Active;
    let expected = changed.clone();
    let found = write(&store, move |tx| {
        let mut sims = tx.sims(project_id());
        sims.insert(&Sim { customer_id: None, ..sim(40) })?;
        sims.update(&changed)?;
        Ok([sims.find(id(40))?, sims.lock(id(40))?, sims.find_by_iccid(&changed.iccid)?])
    })
    .await;
    all_same(found, &expected);
}

async fn connect_sessions_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut session = connect_session(80);
    session.intent = Intent::CheckoutNewSubscription(NewSubscription {
        plan: id(PLAN),
        sim: Some(NamedSim::Recorded(id(40))),
        device: None,
        imei: None,
        addons: vec![id(ADDON)],
        voucher_code: Some("WELCOME".into()),
    });
    session.callback = Some(Callback::parse("shop://back?ref=7#top", &[]).unwrap());
    session.user_details = Some(UserDetails {
        email: Email::parse("new@example.org").unwrap(),
        full_name: None,
        birthday: Some("2000-01-31".parse().unwrap()),
        preferred_locale: None,
        metadata: [("a".to_owned(), None)].into(),
    });
    let inserted = session.clone();
    session.progress = Progress {
        answered: vec![CheckoutStep::Sim, CheckoutStep::Review],
        sim: Some(SimChoice::Own("8931000000000000421".into())),
        ..Progress::default()
    };
    session.outcome = Some(Outcome::UserAborted);
    session.checkout_id = Some(id(90));
    let expected = session.clone();
    let found = write(&store, move |tx| {
        let mut sessions = tx.connect_sessions(project_id());
        sessions.insert(&inserted, None)?;
        sessions.update(&session)?;
        let (found, locked) = (sessions.find(id(80))?, sessions.lock(id(80))?);
        Ok([found, locked, tx.find_connect_session_anywhere(id(80))?])
    })
    .await;
    for session in found {
        let details = session.as_ref().unwrap().user_details.clone();
        assert_eq!(details, expected.user_details);
        same(session, &expected);
    }
}

async fn checkouts_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut opened = checkout(90, id(CUSTOMER), CheckoutState::Creating);
    opened.order.voucher = Some(Voucher {
        code: "WELCOME".into(),
        stripe_promotion_code_id: "promo_1".into(),
        discount: euros(100),
        duration: DiscountDuration::Months(3),
        rebate: Some(Rebate::Share(700)),
    });
    opened.terms.has_stripes_lifetime = true;
    let inserted = opened.clone();
    opened.opened("cs_1".into(), Some("http://localhost:12111/pay".into()), minutes(41));
    let expected = opened.clone();
    let (found, none_open) = write(&store, move |tx| {
        let mut checkouts = tx.checkouts(project_id());
        checkouts.insert(&inserted)?;
        checkouts.update(&opened)?;
        let found = [
            checkouts.find(id(90))?,
            checkouts.lock(id(90))?,
            checkouts.lock_undecided_of(id(CUSTOMER))?,
            checkouts.find_by_stripe_session("cs_1")?,
        ];
        let mut closed = opened.clone();
        closed.close(CheckoutState::Expired, minutes(40)).expect("an open checkout can expire");
        checkouts.update(&closed)?;
        Ok((found, checkouts.lock_undecided_of(id(CUSTOMER))?))
    })
    .await;
    all_same(found, &expected);
    assert!(none_open.is_none());
}

async fn subscriptions_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = subscription(100);
    changed.checkout_id = Some(id(90));
    let inserted = changed.clone();
    changed.exclusive_group = Some("mobile".into());
    changed.stripe_subscription_id = Some("sub_1".into());
    changed.state = SubscriptionState::PastDue;
    changed.arrears =
        Some(Arrears { since: noon(), until: Some(minutes(7)), restricted_at: Some(minutes(3)) });
    changed.anchor_at = Some(noon());
    changed.current_period = Some(Period { number: 3, start: noon(), end: Some(minutes(1)) });
    changed.cancellation = Some(Cancellation {
        cause: CancellationCause::CancellationRequested,
        user_reason: Some(UserReason::Other),
        user_comment: Some("moved away".into()),
    });
    // Microseconds are the finest that is kept.
    changed.ended_at = Some(Timestamp::from_microsecond(1_800_000_000_000_001).unwrap());
    let expected = changed.clone();
    let found = write(&store, move |tx| {
        let mut subscriptions = tx.subscriptions(project_id());
        subscriptions.insert(&inserted)?;
        subscriptions.update(&changed)?;
        Ok([
            subscriptions.find(id(100))?,
            subscriptions.lock(id(100))?,
            subscriptions.find_by_stripe_id("sub_1")?,
            subscriptions.lock_by_stripe_id("sub_1")?,
            subscriptions.live_of_group(id(CUSTOMER), "mobile")?,
        ])
    })
    .await;
    all_same(found, &expected);
}

async fn renewals_come_back_with_what_else_has_changed(database: &TestDatabase) {
    let store = shop(database).await;
    let known = subscription(100);
    let renewed = Subscription {
        current_period: Some(Period { number: 2, start: noon(), end: Some(minutes(1)) }),
        ..known.clone()
    };
    let ended = Subscription {
        current_period: Some(Period { number: 3, start: minutes(1), end: Some(minutes(2)) }),
        state: SubscriptionState::Ended,
        ended_at: Some(minutes(2)),
        ..known.clone()
    };
    let expected = [renewed.clone(), ended.clone()].map(Some);
    let found = write(&store, move |tx| {
        let mut subscriptions = tx.subscriptions(project_id());
        subscriptions.insert(&known)?;
        subscriptions.update_from(&known, &renewed)?;
        let after_renewal = subscriptions.find(id(100))?;
        subscriptions.update_from(&renewed, &ended)?;
        Ok([after_renewal, subscriptions.find(id(100))?])
    })
    .await;
    assert_eq!(found, expected);
}

async fn bought_addons_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = bought_addon(110, 100);
    changed.activate(noon(), None).unwrap();
    let expected = changed.clone();
    let (found, of_subscription) = write(&store, move |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        let mut addons = tx.subscription_addons(project_id());
        addons.insert(&bought_addon(110, 100))?;
        addons.update(&changed)?;
        Ok((addons.find(id(110))?, addons.of_subscription(id(100))?))
    })
    .await;
    assert_eq!(found.as_ref().unwrap().state, AddonState::Active);
    same(found, &expected);
    same(of_subscription.first(), &expected);
}

async fn payments_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = payment(120);
    changed.state = PaymentState::Refunded;
    changed.refunded_minor = 1450;
    changed.refunded_at = Some(minutes(4));
    changed.attempts = Attempts {
        payment_method: Some("pm_1".into()),
        failed: 2,
        failure: Some(PaymentFailure { code: "lost_card".into(), message: "Lost.".into() }),
        last_at: Some(minutes(1)),
        next_at: Some(minutes(2)),
    };
    changed.dispute = Some(ClosedDispute { at: minutes(5), outcome: DisputeOutcome::Won });
    changed.subscription_id = Some(id(100));
    changed.checkout_id = Some(id(90));
    changed.stripe_payment_intent_id = Some("pi_1".into());
    let expected = changed.clone();
    let found = write(&store, move |tx| {
        let mut payments = tx.payments(project_id());
        payments.insert(&payment(120))?;
        payments.update(&changed)?;
        let mut found = vec![
            payments.find(id(120))?,
            payments.find_by_reference("in_120")?,
            payments.find_by_payment_intent("pi_1")?,
        ];
        found.push(payments.of_subscription(id(100))?.pop());
        found.push(payments.of_checkout(id(90))?.pop());
        Ok(found)
    })
    .await;
    all_same(found, &expected);
}

async fn what_is_owed_comes_back_until_it_is_paid(database: &TestDatabase) {
    let store = shop(database).await;
    let owed = write(&store, |tx| {
        let mut payments = tx.payments(project_id());
        for (number, state) in (120..).zip(PaymentState::ALL) {
            payments.insert(&Payment { state: *state, ..payment(number) })?;
        }
        let next_at = Some(minutes(9));
        let again = Attempts { next_at, ..Attempts::default() };
        payments.insert(&Payment { state: PaymentState::Failed, attempts: again, ..payment(140) })?;
        payments.open_of(id(CUSTOMER))
    })
    .await;
    let states = owed.iter().map(|payment| payment.state).collect::<Vec<_>>();
    let open = [
        PaymentState::Pending,
        PaymentState::RequiresConfirmation,
        PaymentState::RequiresPaymentMethod,
        PaymentState::Failed,
    ];
    assert_eq!(states, open);
}

async fn payment_methods_come_back_until_they_are_detached(database: &TestDatabase) {
    let store = shop(database).await;
    let mut changed = payment_method(150);
    changed.card.exp_year = 2039;
    let mut detached = payment_method(151);
    detached.detached_at = Some(minutes(3));
    let expected = changed.clone();
    let (listed, default, all) = write(&store, move |tx| {
        let mut methods = tx.payment_methods(project_id());
        methods.insert(&payment_method(150))?;
        methods.insert(&payment_method(151))?;
        methods.update(&changed)?;
        methods.update(&detached)?;
        let filter = PaymentMethodFilter { customer: Some(id(CUSTOMER)) };
        let listed = methods.page(&filter, PageRequest::first(10)).map_err(|error| match error {
            PageError::Store(error) => error,
            PageError::UnknownCursor => StoreError::Aborted,
        })?;
        Ok((listed.items, methods.default_of(id(CUSTOMER))?, methods.of_customer(id(CUSTOMER))?.len()))
    })
    .await;
    assert_eq!((listed, default, all), (vec![expected.clone()], Some(expected), 2));
}

async fn events_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let event = EventRow {
        id: id(130),
        event_type: "subscription.activated".into(),
        subject_id: uuid::Uuid::from_u128(100),
        lane_id: Some(uuid::Uuid::from_u128(99)),
        customer_id: Some(id(CUSTOMER)),
        previous_data: Some(serde_json::json!({ "status": "pending" })),
        actor: None,
        data: serde_json::json!({ "status": "active", "number": 1 }),
        created_at: noon(),
    };
    let expected = event.clone();
    write(&store, move |tx| tx.events(project_id()).append(&event)).await;
    let page = store.read(|tx| tx.events(project_id()).page(PageRequest::first(10))).await;
    assert_eq!(page.expect("the events can be read").items, [expected]);
}

async fn a_change_of_a_row_that_is_not_there_is_an_error(database: &TestDatabase) {
    let store = shop(database).await;
    let result = store.write(|tx| tx.customers(project_id()).update(&customer(404))).await;
    assert!(matches!(result, Err(StoreError::WrongShape { found: "none", .. })), "{result:?}");
    let gone = subscription(404);
    let result = store.write(move |tx| tx.subscriptions(project_id()).update_from(&gone, &gone)).await;
    assert!(matches!(result, Err(StoreError::WrongShape { found: "none", .. })), "{result:?}");
}
