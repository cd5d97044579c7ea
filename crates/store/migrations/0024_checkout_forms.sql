-- Forms on which businesses buy and change plans: what was agreed to on each, once, and what it led to.
-- And changes of plan by which one subscription ends and another takes its place, and its Stripe Subscription.

ALTER TABLE subscription_changes ADD COLUMN successor_id UUID;

CREATE TABLE checkout_forms (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    nonce_hash BYTES NOT NULL,
    address TEXT NOT NULL,
    agreed JSON NOT NULL,
    checkouts JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
-- A form that is sent twice is one.
CREATE UNIQUE INDEX checkout_forms_nonce_key ON checkout_forms (project_id, nonce_hash);
