-- What a renewal writes, page by page: an index that it touches in a place of its own costs a page each time.

-- What waits for a subject is little, and gone soon: it need not stand among all that was ever heard of it.
CREATE INDEX stripe_events_waiting ON stripe_events (project_id, subject, happened_at) WHERE state = 'waiting';
-- Whether anything was ever heard of a subject is asked of payments alone. Nearly all that is heard is of subscriptions.
DROP INDEX stripe_events_by_subject;
CREATE INDEX stripe_events_by_other_subject ON stripe_events (project_id, subject) WHERE substr(subject, 1, 4) <> 'sub_';

-- A renewal has no checkout.
DROP INDEX payments_by_checkout;
CREATE INDEX payments_by_checkout ON payments (project_id, checkout_id) WHERE checkout_id IS NOT NULL;
