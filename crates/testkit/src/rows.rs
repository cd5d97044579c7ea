//! Rows that tests start from, with values that make sense together. A test changes what it is about.

use jiff::{SignedDuration, Timestamp};
use perennial_core::context::Cx;
use perennial_domain::{
    ActivationTrigger, AddonActivationTrigger, AddonFacts, AddonState, AddonType, Allowances, Attempts,
    ChangePolicy, ChangeTime, Checkout, CheckoutState, CheckoutTerms, CountryCode, Coverage, Currency,
    Customer, CustomerStatus, Email, FirstPeriodTrigger, Iccid, Limits, Metadata, Money, Order, Payment,
    PaymentReason, PaymentState, PlanFacts, Price, PriceStatus, Product, ProductId, ProductKind,
    ProductStatus, ProjectId, Requirements, Sim, SimStatus, SimType, Span, Subscription, SubscriptionAddon,
    SubscriptionChange, SubscriptionChangeState, Term, TermUnit,
};

/// A mobile plan on the test network that can be bought, without a price.
pub fn plan(cx: &Cx, project_id: ProjectId, reference: &str) -> Product {
    Product {
        id: cx.id(),
        project_id,
        reference: reference.to_owned(),
        kind: ProductKind::Plan,
        name: format!("Plan {reference}"),
        description: Some("Twelve gigabytes, all calls in.".to_owned()),
        image: None,
        status: ProductStatus::Available,
        exclusive_group: None,
        changes: ChangePolicy::default(),
        sku: None,
        capabilities: Vec::new(),
        plan_facts: Some(PlanFacts {
            provider: "test".to_owned(),
            allowances: Allowances {
                data_bytes: Some(12_000_000_000),
                voice_seconds: None,
                sms_messages: Some(250),
            },
            coverage: benelux(),
            limits: Limits::default(),
            requirements: Requirements::default(),
            sim_types: vec![SimType::Esim],
            minimum_periods: 1,
            activation_trigger: ActivationTrigger::Creation,
            first_period_trigger: FirstPeriodTrigger::Activation,
        }),
        addon_facts: None,
        business_facts: None,
        metadata: Metadata::default(),
        stripe_product_id: None,
        stripe_pending: false,
        created_at: cx.now(),
    }
}

/// An add-on for these plans that can be bought, without a price.
pub fn addon(cx: &Cx, project_id: ProjectId, reference: &str, plans: &[ProductId]) -> Product {
    Product {
        kind: ProductKind::Addon,
        name: format!("Add-on {reference}"),
        plan_facts: None,
        addon_facts: Some(AddonFacts {
            addon_type: AddonType::TopUp,
            provider: "test".to_owned(),
            allowances: Allowances {
                data_bytes: Some(1_000_000_000),
                voice_seconds: Some(0),
                sms_messages: Some(0),
            },
            plans: plans.to_vec(),
            coverage: None,
            activation_trigger: AddonActivationTrigger::Creation,
        }),
        ..plan(cx, project_id, reference)
    }
}

/// An active price in euro.
pub fn price(cx: &Cx, product: &Product, cents: i64, term: Term) -> Price {
    Price {
        id: cx.id(),
        project_id: product.project_id,
        product_id: product.id,
        reference: "standard".to_owned(),
        amount: Money::new(cents, Currency::from_code("EUR").expect("a currency")),
        term,
        status: PriceStatus::Active,
        stripe_price_id: None,
        stripe_pending: false,
        created_at: cx.now(),
    }
}

/// Again each month.
pub fn monthly() -> Term {
    Term::Recurring(Span { unit: TermUnit::Month, count: 1 })
}

/// Once, for thirty days.
pub fn thirty_days() -> Term {
    Term::Fixed(Span { unit: TermUnit::Day, count: 30 })
}

/// A customer with this address.
pub fn customer(cx: &Cx, project_id: ProjectId, email: &str) -> Customer {
    Customer {
        id: cx.id(),
        project_id,
        external_id: None,
        email: Some(Email::parse(email).expect("an e-mail address")),
        email_verified: false,
        full_name: Some("Ada Quill".to_owned()),
        birthday: None,
        preferred_locale: "en-US".to_owned(),
        status: CustomerStatus::Active,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        created_at: cx.now(),
    }
}

/// An inactive eSIM of nobody, told from others by its serial number.
pub fn esim(cx: &Cx, project_id: ProjectId, serial: u64) -> Sim {
    Sim {
        id: cx.id(),
        project_id,
        customer_id: None,
        iccid: Iccid::with_check_digit("8942424242", serial),
        provider: "test".to_owned(),
        sim_type: SimType::Esim,
        status: SimStatus::Inactive,
        activation_code: Some(format!("LPA:1$smdp.test.example${serial:016X}")),
        metadata: Metadata::default(),
        created_at: cx.now(),
    }
}

/// An active subscription in its first period.
pub fn subscription(cx: &Cx, customer: &Customer, product: &Product, price: &Price) -> Subscription {
    let mut subscription = Subscription {
        exclusive_group: None,
        ..Subscription::of(cx.id(), customer.id, product, price, cx.now())
    };
    begin(&mut subscription, cx.now());
    subscription
}

/// An add-on on it that cannot be used yet.
pub fn bought_addon(cx: &Cx, subscription: &Subscription, price: &Price) -> SubscriptionAddon {
    SubscriptionAddon {
        id: cx.id(),
        project_id: subscription.project_id,
        subscription_id: subscription.id,
        customer_id: subscription.customer_id,
        product_id: price.product_id,
        price_id: price.id,
        term: price.term,
        checkout_id: None,
        state: AddonState::Pending,
        current_period: None,
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        created_at: cx.now(),
    }
}

/// A change to what it is already, for whose money Stripe is being asked.
pub fn change_being_paid(cx: &Cx, subscription: &Subscription) -> SubscriptionChange {
    SubscriptionChange {
        id: cx.id(),
        project_id: subscription.project_id,
        subscription_id: subscription.id,
        customer_id: subscription.customer_id,
        product_id: subscription.product_id,
        price_id: subscription.price_id,
        requested: ChangeTime::Now,
        state: SubscriptionChangeState::Initiated,
        scheduled_at: None,
        arranged_at: None,
        successor_id: None,
        buyer_id: None,
        prorated_from: None,
        stripe_invoice_id: None,
        failure_code: None,
        replaces_id: None,
        applied_at: None,
        created_at: cx.now(),
    }
}

/// An attempt to pay that Stripe knows of.
pub fn checkout(cx: &Cx, customer: &Customer, order: Order) -> Checkout {
    Checkout {
        id: cx.id(),
        project_id: customer.project_id,
        customer_id: customer.id,
        connect_session_id: None,
        order,
        saved_card: None,
        state: CheckoutState::Open,
        terms: CheckoutTerms::default(),
        locale: customer.preferred_locale.clone(),
        return_url: "http://localhost:8080/return".to_owned(),
        cancel_url: "http://localhost:8080/back".to_owned(),
        stripe_session_id: None,
        stripe_url: None,
        stripe_charge_id: None,
        expires_at: cx.now() + SignedDuration::from_mins(31),
        subscription_id: None,
        created_at: cx.now(),
        closed_at: None,
    }
}

/// Money that arrived for the renewal of something.
pub fn payment(cx: &Cx, customer: &Customer, stripe_reference: &str, amount: Money) -> Payment {
    Payment {
        id: cx.id(),
        project_id: customer.project_id,
        customer_id: customer.id,
        subscription_id: None,
        checkout_id: None,
        amount,
        refunded_minor: 0,
        refunded_at: None,
        state: PaymentState::Succeeded,
        reason: PaymentReason::SubscriptionRenewal,
        stripe_reference: stripe_reference.to_owned(),
        stripe_payment_intent_id: None,
        attempts: Attempts::default(),
        dispute: None,
        paid_at: Some(cx.now()),
        created_at: cx.now(),
    }
}

fn begin(subscription: &mut Subscription, now: Timestamp) {
    subscription.begin(now, None).expect("the term can be counted");
    subscription.activate(now).expect("it is pending");
}

fn benelux() -> Coverage {
    let country = |code| CountryCode::parse(code).expect("a country");
    Coverage {
        id: "benelux".to_owned(),
        name: "Benelux".to_owned(),
        countries: ["BE", "NL", "LU"].map(country).to_vec(),
    }
}
