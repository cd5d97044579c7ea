-- How far the invoices of each Stripe Subscription are known here, so that bringing one up to date need not read ten
-- years of them again; and when Stripe was last asked, so that a renewal that no event told of is asked for now and
-- then, and not all day.
CREATE TABLE billing_marks (
    project_id UUID NOT NULL REFERENCES projects (id),
    stripe_subscription_id TEXT NOT NULL,
    -- Every invoice that was created before then is final, and is a payment here if it was paid.
    settled_until TIMESTAMP_US,
    asked_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, stripe_subscription_id)
) STRICT;

CREATE INDEX subscriptions_renewing ON subscriptions (period_end)
    WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL AND period_end IS NOT NULL;
