-- A subscription can come in the place of another, which ends in the same transaction.
ALTER TABLE subscriptions ADD COLUMN replaces_id UUID;
-- Two replacements that are both paid: the second is refunded, because this says no.
CREATE UNIQUE INDEX subscriptions_replaces_key ON subscriptions (project_id, replaces_id)
    WHERE replaces_id IS NOT NULL AND state <> 'ended';
