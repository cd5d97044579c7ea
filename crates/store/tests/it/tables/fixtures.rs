//! Rows to start from. Each is valid by itself; cases change the fields that they are about.

use std::fmt::Debug;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    ActivationTrigger, AddonActivationTrigger, AddonFacts, AddonState, AddonType, Address, Allowances,
    Appearance, Attempts, Card, CardBrand, CarrierName, Checkout, CheckoutState, CheckoutTerms,
    ConnectSession, CountryCode, Coverage, Currency, Customer, CustomerId, CustomerStatus, Device, Email,
    FirstPeriodTrigger, Goods, Iccid, Id, Intent, Limits, Metadata, Money, Order, OrderLine, Payment,
    PaymentMethod, PaymentMethodKind, PaymentReason, PaymentState, PlanFacts, Porting, PortingStatus, Price,
    PriceStatus, Product, ProductId, ProductKind, ProductStatus, Progress, Project, ProjectId,
    ProjectSettings, Requirements, Sim, SimChoice, SimStatus, SimType, Span, Subscription, SubscriptionAddon,
    SubscriptionOrder, SubscriptionState, Term, TermUnit,
};
use perennial_store::{Store, StoreError, Tx};
use uuid::Uuid;

use crate::support::{TestDatabase, noon};

/// The project that all fixtures belong to.
pub(super) const PROJECT: u128 = 1;
/// The customer and the product that [`shop`] makes.
pub(super) const CUSTOMER: u128 = 10;
pub(super) const PLAN: u128 = 20;
pub(super) const ADDON: u128 = 21;

/// The id that ends in this number.
pub(super) fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

pub(super) fn project_id() -> ProjectId {
    id(PROJECT)
}

/// So many minutes after noon.
pub(super) fn minutes(count: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(count)
}

/// Writes, and expects no error.
pub(super) async fn write<T: Send + 'static>(
    store: &Store,
    work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
) -> T {
    store.write(work).await.unwrap()
}

/// The domain's rows have no equality of their own; what they show is all they hold, but for e-mail addresses.
pub(super) fn same(found: Option<impl Debug>, expected: &impl Debug) {
    assert_eq!(format!("{:?}", found.expect("the row is there")), format!("{expected:?}"));
}

pub(super) fn all_same<T: Debug>(found: impl IntoIterator<Item = Option<T>>, expected: &T) {
    for row in found {
        same(row, expected);
    }
}

/// A store with two projects; the first has a customer, a plan and an add-on, both for sale.
pub(super) async fn shop(database: &TestDatabase) -> Store {
    let store = database.store().await;
    write(&store, |tx| {
        tx.projects().insert(&project(PROJECT, "shop"))?;
        tx.projects().insert(&project(2, "other"))?;
        tx.customers(project_id()).insert(&customer(CUSTOMER))?;
        for product in [plan(PLAN), addon(ADDON)] {
            tx.products(project_id()).insert(&product)?;
        }
        tx.prices(project_id()).insert(&price(PLAN))?;
        tx.prices(project_id()).insert(&price(ADDON))
    })
    .await;
    store
}

pub(super) fn project(number: u128, slug: &str) -> Project {
    Project {
        id: id(number),
        slug: slug.into(),
        name: "A shop".into(),
        locales: vec!["en-GB".into(), "nl".into()],
        carrier: CarrierName::Test,
        settings: ProjectSettings { accent_colour: Some("#116644".into()), ..ProjectSettings::default() },
        created_at: noon(),
    }
}

pub(super) fn customer(number: u128) -> Customer {
    Customer {
        id: id(number),
        project_id: project_id(),
        external_id: None,
        email: Some(Email::parse(&format!("Person{number}@example.org")).unwrap()),
        email_verified: true,
        full_name: Some("Mia Example".into()),
        birthday: Some("1990-02-28".parse().unwrap()),
        preferred_locale: "nl".into(),
        status: CustomerStatus::Active,
        metadata: metadata(),
        stripe_customer_id: None,
        created_at: noon(),
    }
}

/// A device of nobody, with a number of its own.
pub(super) fn device(number: u128) -> Device {
    Device {
        id: id(number),
        project_id: project_id(),
        customer_id: None,
        imei: Some(format!("49015420323{number:04}")),
        name: None,
        metadata: Metadata::default(),
        created_at: noon(),
        removed_at: None,
    }
}

pub(super) fn metadata() -> Metadata {
    Metadata::default().merge(&[("colour".to_owned(), Some("green".to_owned()))].into()).unwrap()
}

pub(super) fn euros(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::from_code("EUR").unwrap())
}

fn benelux() -> Coverage {
    let countries = ["BE", "NL", "LU"].map(|code| CountryCode::parse(code).unwrap()).into();
    Coverage { id: "benelux".into(), name: "Benelux".into(), countries }
}

const ALLOWANCES: Allowances =
    Allowances { data_bytes: Some(12_000_000_000), voice_seconds: None, sms_messages: Some(250) };

fn product(number: u128, kind: ProductKind) -> Product {
    Product {
        id: id(number),
        project_id: project_id(),
        reference: format!("product-{number}"),
        kind,
        name: "Heron 12".into(),
        description: None,
        image: None,
        status: ProductStatus::Available,
        exclusive_group: None,
        changes: perennial_domain::ChangePolicy::default(),
        sku: None,
        capabilities: vec![],
        plan_facts: None,
        addon_facts: None,
        business_facts: None,
        metadata: metadata(),
        stripe_product_id: None,
        stripe_pending: false,
        created_at: noon(),
    }
}

pub(super) fn plan(number: u128) -> Product {
    let facts = PlanFacts {
        provider: "test".into(),
        allowances: ALLOWANCES,
        coverage: benelux(),
        limits: Limits::default(),
        requirements: Requirements::default(),
        sim_types: vec![SimType::Esim],
        minimum_periods: 1,
        activation_trigger: ActivationTrigger::Creation,
        first_period_trigger: FirstPeriodTrigger::Activation,
    };
    Product { plan_facts: Some(facts), ..product(number, ProductKind::Plan) }
}

pub(super) fn addon(number: u128) -> Product {
    let facts = AddonFacts {
        addon_type: AddonType::TopUp,
        provider: "test".into(),
        allowances: ALLOWANCES,
        plans: vec![id(PLAN)],
        coverage: Some(benelux()),
        activation_trigger: AddonActivationTrigger::Creation,
    };
    Product { addon_facts: Some(facts), ..product(number, ProductKind::Addon) }
}

/// A product that is no mobile one.
pub(super) fn software(number: u128) -> Product {
    product(number, ProductKind::Plan)
}

pub(super) fn monthly() -> Term {
    Term::Recurring(Span { unit: TermUnit::Month, count: 1 })
}

/// The price of a product, under the product's own number.
pub(super) fn price(product: u128) -> Price {
    Price {
        id: id(product),
        project_id: project_id(),
        product_id: id(product),
        reference: "monthly".into(),
        amount: euros(1450),
        term: monthly(),
        status: PriceStatus::Active,
        stripe_price_id: None,
        stripe_pending: false,
        created_at: noon(),
    }
}

pub(super) fn sim(number: u128) -> Sim {
    Sim {
        id: id(number),
        project_id: project_id(),
        customer_id: Some(id(CUSTOMER)),
        iccid: Iccid::with_check_digit("8931", u64::try_from(number).unwrap()),
        provider: "test".into(),
        sim_type: SimType::Esim,
        status: SimStatus::Inactive,
        activation_code: Some("LPA:1$test$code".into()),
        metadata: metadata(),
        created_at: noon(),
    }
}

pub(super) fn address(number: u128) -> Address {
    Address {
        id: id(number),
        project_id: project_id(),
        customer_id: id(CUSTOMER),
        line1: format!("Dam {number}"),
        line2: None,
        city: "Amsterdam".into(),
        state: None,
        postal_code: Some("1012 JS".into()),
        country: CountryCode::parse("NL").unwrap(),
        created_at: noon(),
        removed_at: None,
    }
}

pub(super) fn porting(number: u128, status: PortingStatus) -> Porting {
    Porting {
        id: id(number),
        project_id: project_id(),
        customer_id: id(CUSTOMER),
        subscription_id: None,
        phone_number: "+31970555010".into(),
        provider: "test".into(),
        account_number: None,
        status,
        created_at: noon(),
    }
}

pub(super) fn connect_session(number: u128) -> ConnectSession {
    ConnectSession {
        id: id(number),
        project_id: project_id(),
        intent: Intent::ViewSubscriptions,
        callback: None,
        appearance: Appearance::default(),
        customer_id: Some(id(CUSTOMER)),
        user_details: None,
        token_expires_at: Some(minutes(30)),
        entered_at: None,
        browser_expires_at: None,
        progress: Progress::default(),
        checkout_id: None,
        outcome: None,
        created_at: noon(),
    }
}

pub(super) fn order() -> Order {
    let plan = OrderLine { product_id: id(PLAN), price_id: id(PLAN), amount: euros(1450) };
    let goods = SubscriptionOrder { sim: SimChoice::NewEsim, ..SubscriptionOrder::of(plan) };
    Order { goods: Goods::Subscription(goods), voucher: None, due_now: euros(1450) }
}

pub(super) fn checkout(number: u128, customer: CustomerId, state: CheckoutState) -> Checkout {
    Checkout {
        id: id(number),
        project_id: project_id(),
        customer_id: customer,
        connect_session_id: None,
        order: order(),
        state,
        terms: CheckoutTerms::default(),
        locale: "nl".into(),
        return_url: "http://localhost/return".into(),
        cancel_url: "http://localhost/cancel".into(),
        stripe_session_id: None,
        stripe_url: None,
        saved_card: None,
        stripe_charge_id: None,
        expires_at: minutes(30),
        subscription_id: None,
        created_at: noon(),
        closed_at: None,
    }
}

pub(super) fn subscription(number: u128) -> Subscription {
    Subscription {
        id: id(number),
        project_id: project_id(),
        customer_id: id(CUSTOMER),
        product_id: id(PLAN),
        price_id: id(PLAN),
        term: monthly(),
        exclusive_group: None,
        checkout_id: None,
        replaces_id: None,
        buyer_id: None,
        bundled_from_id: None,
        stripe_subscription_id: None,
        sim_id: None,
        phone_number: None,
        address_id: None,
        state: SubscriptionState::Active,
        anchor_at: None,
        current_period: None,
        minimum_periods: 1,
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        cancellation: None,
        arrears: None,
        metadata: metadata(),
        created_at: noon(),
    }
}

pub(super) fn bought_addon(number: u128, subscription: u128) -> SubscriptionAddon {
    SubscriptionAddon {
        id: id(number),
        project_id: project_id(),
        subscription_id: id(subscription),
        customer_id: id(CUSTOMER),
        product_id: id::<ProductId>(ADDON),
        price_id: id(ADDON),
        term: monthly(),
        checkout_id: None,
        state: AddonState::Pending,
        current_period: None,
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        created_at: noon(),
    }
}

pub(super) fn payment(number: u128) -> Payment {
    Payment {
        id: id(number),
        project_id: project_id(),
        customer_id: id(CUSTOMER),
        subscription_id: None,
        checkout_id: None,
        amount: euros(1450),
        refunded_minor: 0,
        refunded_at: None,
        state: PaymentState::Succeeded,
        reason: PaymentReason::SubscriptionCreation,
        stripe_reference: format!("in_{number}"),
        stripe_payment_intent_id: None,
        attempts: Attempts::default(),
        dispute: None,
        paid_at: Some(noon()),
        created_at: noon(),
    }
}

pub(super) fn payment_method(number: u128) -> PaymentMethod {
    PaymentMethod {
        id: id(number),
        project_id: project_id(),
        customer_id: id(CUSTOMER),
        card: Card {
            stripe_payment_method_id: format!("pm_{number}"),
            kind: PaymentMethodKind::Card,
            brand: CardBrand::Visa,
            last4: "4242".into(),
            exp_month: 8,
            exp_year: 2034,
        },
        is_default: true,
        created_at: noon(),
        detached_at: None,
    }
}
