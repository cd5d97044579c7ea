-- A subscription can come in the place of another, which ends in the same transaction.
ALTER TABLE subscriptions ADD COLUMN replaces_id UUID;
-- Two replacements that are both paid: the second is refunded, because this says no.
CREATE UNIQUE INDEX subscriptions_replaces_key ON subscriptions (project_id, replaces_id)
    WHERE replaces_id IS NOT NULL AND state <> 'ended';

-- A checkout can also be paid by a card that Stripe keeps, while the customer is away. Then there is no session, but a
-- Stripe Subscription or an invoice.
ALTER TABLE checkouts ADD COLUMN saved_card TEXT;
ALTER TABLE checkouts ADD COLUMN stripe_charge_id TEXT;
CREATE INDEX checkouts_charging ON checkouts (expires_at) WHERE state = 'creating' AND saved_card IS NOT NULL;
