-- What the first sale needs: projects, their catalogue and customers, connect sessions, checkouts,
-- subscriptions, payments, and what came from and goes out as events.
--
-- Every tenant table leads its keys with project_id. Times are microseconds since 1970, money is in minor units.

CREATE TABLE projects (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    locales JSON NOT NULL,
    carrier TEXT NOT NULL,
    settings JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL
) STRICT;
CREATE UNIQUE INDEX projects_slug_key ON projects (slug);

-- The secrets are sealed with the operator's master key: they must be read back to speak with Stripe.
CREATE TABLE stripe_accounts (
    project_id UUID NOT NULL PRIMARY KEY REFERENCES projects (id),
    secret_key_sealed BYTES NOT NULL,
    api_base TEXT NOT NULL,
    updated_at TIMESTAMP_US NOT NULL
) STRICT;

-- Several may be active at once while one is rotated.
CREATE TABLE stripe_webhook_secrets (
    project_id UUID NOT NULL REFERENCES projects (id),
    fingerprint BYTES NOT NULL,
    secret_sealed BYTES NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US,
    PRIMARY KEY (project_id, fingerprint)
) STRICT;

CREATE TABLE api_keys (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    secret_hash BYTES NOT NULL,
    label TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id)
) STRICT;
-- The one look-up that comes before a project is known.
CREATE UNIQUE INDEX api_keys_secret_hash_key ON api_keys (secret_hash);

CREATE TABLE products (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    image TEXT,
    status TEXT NOT NULL,
    exclusive_group TEXT,
    sku TEXT,
    capabilities JSON NOT NULL,
    plan_facts JSON,
    addon_facts JSON,
    metadata JSON NOT NULL,
    stripe_product_id TEXT,
    stripe_pending BOOLEAN NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE UNIQUE INDEX products_reference_key ON products (project_id, reference);
-- An archived product remembers its SKU, and another may take it over.
CREATE UNIQUE INDEX products_sku_key ON products (project_id, sku) WHERE status <> 'archived';

CREATE TABLE prices (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    product_id UUID NOT NULL,
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    term JSON NOT NULL,
    status TEXT NOT NULL,
    stripe_price_id TEXT,
    stripe_pending BOOLEAN NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, product_id) REFERENCES products (project_id, id),
    CHECK (amount_minor >= 0)
) STRICT;
-- A changed amount is a new price under the same reference: one of them is active.
CREATE UNIQUE INDEX prices_active_reference_key ON prices (project_id, product_id, reference) WHERE status = 'active';

CREATE TABLE customers (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    external_id TEXT,
    email TEXT,
    email_key TEXT,
    email_verified BOOLEAN NOT NULL,
    full_name TEXT,
    birthday TEXT,
    preferred_locale TEXT NOT NULL,
    status TEXT NOT NULL,
    metadata JSON NOT NULL,
    stripe_customer_id TEXT,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE UNIQUE INDEX customers_email_key ON customers (project_id, email_key);
CREATE UNIQUE INDEX customers_external_id_key ON customers (project_id, external_id);
CREATE UNIQUE INDEX customers_stripe_customer_key ON customers (project_id, stripe_customer_id);
CREATE INDEX customers_by_age ON customers (project_id, created_at, id);

CREATE TABLE addresses (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT,
    city TEXT NOT NULL,
    state TEXT,
    postal_code TEXT,
    country TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    removed_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE UNIQUE INDEX addresses_fingerprint_key ON addresses (project_id, customer_id, fingerprint) WHERE removed_at IS NULL;
CREATE INDEX addresses_by_customer ON addresses (project_id, customer_id, created_at, id);

CREATE TABLE devices (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    imei TEXT,
    name TEXT,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE UNIQUE INDEX devices_imei_key ON devices (project_id, imei);
CREATE INDEX devices_by_customer ON devices (project_id, customer_id);

CREATE TABLE sims (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    customer_id UUID,
    iccid TEXT NOT NULL,
    provider TEXT NOT NULL,
    sim_type TEXT NOT NULL,
    status TEXT NOT NULL,
    activation_code TEXT,
    metadata JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE UNIQUE INDEX sims_iccid_key ON sims (project_id, iccid);
CREATE INDEX sims_by_age ON sims (project_id, created_at, id);
CREATE INDEX sims_by_customer ON sims (project_id, customer_id, created_at, id);

CREATE TABLE connect_sessions (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    intent JSON NOT NULL,
    callback TEXT,
    appearance JSON NOT NULL,
    customer_id UUID,
    user_details JSON,
    token_hash BYTES,
    token_expires_at TIMESTAMP_US,
    entered_at TIMESTAMP_US,
    browser_hash BYTES,
    browser_expires_at TIMESTAMP_US,
    progress JSON NOT NULL,
    checkout_id UUID,
    outcome TEXT,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
-- The pages' addresses carry no project: a session is found by its id alone, and names its project.
CREATE UNIQUE INDEX connect_sessions_id_key ON connect_sessions (id);

CREATE TABLE checkouts (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    connect_session_id UUID,
    order_lines JSON NOT NULL,
    state TEXT NOT NULL,
    locale TEXT NOT NULL,
    return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL,
    stripe_session_id TEXT,
    stripe_url TEXT,
    expires_at TIMESTAMP_US NOT NULL,
    subscription_id UUID,
    created_at TIMESTAMP_US NOT NULL,
    closed_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
-- One open attempt to pay per customer: two buys at once end in one Checkout Session.
CREATE UNIQUE INDEX checkouts_open_key ON checkouts (project_id, customer_id) WHERE state IN ('creating', 'open');
CREATE UNIQUE INDEX checkouts_stripe_session_key ON checkouts (project_id, stripe_session_id);
CREATE INDEX checkouts_by_customer ON checkouts (project_id, customer_id, created_at, id);
CREATE INDEX checkouts_open_by_end ON checkouts (expires_at) WHERE state IN ('creating', 'open');
CREATE INDEX checkouts_open_by_age ON checkouts (created_at) WHERE state IN ('creating', 'open');

CREATE TABLE portings (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    subscription_id UUID,
    phone_number TEXT NOT NULL,
    provider TEXT NOT NULL,
    account_number TEXT,
    status TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE INDEX portings_by_subscription ON portings (project_id, subscription_id, created_at, id);
CREATE INDEX portings_by_customer ON portings (project_id, customer_id);

CREATE TABLE subscriptions (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    product_id UUID NOT NULL,
    price_id UUID NOT NULL,
    term JSON NOT NULL,
    exclusive_group TEXT,
    checkout_id UUID,
    stripe_subscription_id TEXT,
    sim_id UUID,
    phone_number TEXT,
    address_id UUID,
    state TEXT NOT NULL,
    anchor_at TIMESTAMP_US,
    period_number BIGINT,
    period_start TIMESTAMP_US,
    period_end TIMESTAMP_US,
    minimum_periods BIGINT NOT NULL,
    activated_at TIMESTAMP_US,
    canceled_at TIMESTAMP_US,
    ended_at TIMESTAMP_US,
    cancellation JSON,
    metadata JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id),
    FOREIGN KEY (project_id, price_id) REFERENCES prices (project_id, id),
    FOREIGN KEY (project_id, sim_id) REFERENCES sims (project_id, id)
) STRICT;
-- Law 1: the index decides, not a look before.
CREATE UNIQUE INDEX subscriptions_exclusive_group_key ON subscriptions (project_id, customer_id, exclusive_group)
    WHERE state <> 'ended' AND exclusive_group IS NOT NULL;
CREATE UNIQUE INDEX subscriptions_sim_key ON subscriptions (project_id, sim_id) WHERE state <> 'ended' AND sim_id IS NOT NULL;
CREATE INDEX subscriptions_by_phone_number ON subscriptions (project_id, phone_number) WHERE phone_number IS NOT NULL;
CREATE UNIQUE INDEX subscriptions_checkout_key ON subscriptions (project_id, checkout_id);
CREATE UNIQUE INDEX subscriptions_stripe_subscription_key ON subscriptions (project_id, stripe_subscription_id);
CREATE INDEX subscriptions_by_age ON subscriptions (project_id, created_at, id);
CREATE INDEX subscriptions_by_customer ON subscriptions (project_id, customer_id, created_at, id);
CREATE INDEX subscriptions_by_product ON subscriptions (project_id, product_id, created_at, id);
CREATE INDEX subscriptions_by_sim ON subscriptions (project_id, sim_id) WHERE sim_id IS NOT NULL;
CREATE INDEX subscriptions_due ON subscriptions (ended_at) WHERE state <> 'ended' AND ended_at IS NOT NULL;
-- Free ones that renew by the clock alone.
CREATE INDEX subscriptions_rolling ON subscriptions (period_end)
    WHERE state <> 'ended' AND ended_at IS NULL AND stripe_subscription_id IS NULL AND period_end IS NOT NULL;

CREATE TABLE subscription_addons (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    product_id UUID NOT NULL,
    price_id UUID NOT NULL,
    term JSON NOT NULL,
    checkout_id UUID,
    state TEXT NOT NULL,
    period_number BIGINT,
    period_start TIMESTAMP_US,
    period_end TIMESTAMP_US,
    activated_at TIMESTAMP_US,
    canceled_at TIMESTAMP_US,
    ended_at TIMESTAMP_US,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, subscription_id) REFERENCES subscriptions (project_id, id)
) STRICT;
CREATE INDEX subscription_addons_by_subscription ON subscription_addons (project_id, subscription_id);
CREATE INDEX subscription_addons_due ON subscription_addons (ended_at) WHERE state <> 'ended' AND ended_at IS NOT NULL;
CREATE INDEX subscription_addons_by_age ON subscription_addons (project_id, created_at, id);
CREATE INDEX subscription_addons_by_customer ON subscription_addons (project_id, customer_id, created_at, id);

CREATE TABLE payments (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    subscription_id UUID,
    checkout_id UUID,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    stripe_reference TEXT NOT NULL,
    stripe_payment_intent_id TEXT,
    paid_at TIMESTAMP_US,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
-- Law 3: every payment at Stripe is here once.
CREATE UNIQUE INDEX payments_stripe_reference_key ON payments (project_id, stripe_reference);
CREATE INDEX payments_by_subscription ON payments (project_id, subscription_id, created_at, id);
CREATE INDEX payments_by_checkout ON payments (project_id, checkout_id);
CREATE INDEX payments_by_payment_intent ON payments (project_id, stripe_payment_intent_id);

-- What came from Stripe, as it came. Never deleted while it is not done.
CREATE TABLE stripe_events (
    project_id UUID NOT NULL REFERENCES projects (id),
    stripe_event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    happened_at TIMESTAMP_US NOT NULL,
    received_at TIMESTAMP_US NOT NULL,
    settled_at TIMESTAMP_US,
    PRIMARY KEY (project_id, stripe_event_id)
) STRICT;
CREATE INDEX stripe_events_waiting ON stripe_events (project_id, subject, happened_at) WHERE state = 'waiting';
-- Whether something was heard of a subject before it was known here.
CREATE INDEX stripe_events_by_subject ON stripe_events (project_id, subject);
-- The operator's list.
CREATE INDEX stripe_events_by_state ON stripe_events (state, received_at);

-- What happened here, append-only: what webhooks will tell others.
CREATE TABLE events (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    event_type TEXT NOT NULL,
    subject_id UUID NOT NULL,
    data JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE INDEX events_by_subject ON events (project_id, subject_id, created_at);
CREATE INDEX events_by_age ON events (project_id, created_at, id);

-- The first successful answer to a call that carried an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency_keys (
    project_id UUID NOT NULL REFERENCES projects (id),
    idempotency_key TEXT NOT NULL,
    fingerprint BYTES NOT NULL,
    status BIGINT,
    body BYTES,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, idempotency_key)
) STRICT;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
