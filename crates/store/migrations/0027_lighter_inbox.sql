-- An event of Stripe's is stored before it is answered, so each index of the inbox is part of what Stripe waits for.

-- One index finds what waits for a subject, and whether anything was ever heard of it: there were two.
DROP INDEX stripe_events_waiting;
DROP INDEX stripe_events_by_subject;
CREATE INDEX stripe_events_by_subject ON stripe_events (project_id, subject, state, happened_at);

-- What is not settled has no age yet.
DROP INDEX stripe_events_by_payload_age;
CREATE INDEX stripe_events_by_payload_age ON stripe_events (settled_at) WHERE payload <> '' AND settled_at IS NOT NULL;
