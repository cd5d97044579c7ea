-- A change that waits for the renewal of a free plan comes true by our clock: which ones are due?
CREATE INDEX subscription_changes_due ON subscription_changes (scheduled_at) WHERE state = 'pending';
