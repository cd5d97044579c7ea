-- Another plan for a subscription: asked for, paid or waiting for its renewal, and what came of it.

-- The operator's word on when changes to a product take effect; NULL is the usual rule.
ALTER TABLE products ADD COLUMN changes JSON;

CREATE TABLE subscription_changes (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    product_id UUID NOT NULL,
    price_id UUID NOT NULL,
    requested TEXT NOT NULL,
    state TEXT NOT NULL,
    scheduled_at TIMESTAMP_US,
    arranged_at TIMESTAMP_US,
    prorated_from TIMESTAMP_US,
    stripe_invoice_id TEXT,
    failure_code TEXT,
    applied_at TIMESTAMP_US,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, subscription_id) REFERENCES subscriptions (project_id, id),
    FOREIGN KEY (project_id, price_id) REFERENCES prices (project_id, id)
) STRICT;
-- The next change takes the place of the one before.
CREATE UNIQUE INDEX subscription_changes_open_key ON subscription_changes (project_id, subscription_id)
    WHERE state IN ('pending', 'initiated');
CREATE INDEX subscription_changes_by_age ON subscription_changes (project_id, created_at, id);
CREATE INDEX subscription_changes_by_subscription ON subscription_changes (project_id, subscription_id, created_at, id);
CREATE INDEX subscription_changes_by_customer ON subscription_changes (project_id, customer_id, created_at, id);
-- The sweep's question: what should have happened by now?
CREATE INDEX subscription_changes_open_by_age ON subscription_changes (created_at) WHERE state IN ('pending', 'initiated');

-- A change made at Stripe itself names its price alone.
CREATE INDEX prices_by_stripe_price ON prices (project_id, stripe_price_id) WHERE stripe_price_id IS NOT NULL;
