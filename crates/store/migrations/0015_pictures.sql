-- How many of Stripe's answers were written down for each Stripe Subscription. One that was asked for before the last of
-- them is older than our rows, and is not written over them.
ALTER TABLE billing_marks ADD COLUMN pictures BIGINT NOT NULL DEFAULT 0;

-- Stripe is asked about what is not paid for whatever the period says.
CREATE INDEX subscriptions_unpaid ON subscriptions (arrears_since)
    WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL AND arrears_since IS NOT NULL;
