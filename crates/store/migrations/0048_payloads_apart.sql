-- What an event said stands apart from what became of it: it is written once, and is by far the longer part. Settling an event
-- wrote both anew, and forgetting what it said did so again.
--
-- Without a foreign key, which intake would pay for: both are inserted together, and events are never removed.
CREATE TABLE stripe_event_payloads (
    project_id UUID NOT NULL,
    stripe_event_id TEXT NOT NULL,
    received_at TIMESTAMP_US NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (project_id, stripe_event_id)
) STRICT;
INSERT INTO stripe_event_payloads (project_id, stripe_event_id, received_at, payload)
SELECT project_id, stripe_event_id, received_at, payload FROM stripe_events WHERE payload <> '';
-- What is old enough to be forgotten, if it was settled since.
CREATE INDEX stripe_event_payloads_by_age ON stripe_event_payloads (received_at);

DROP INDEX stripe_events_by_payload_age;
ALTER TABLE stripe_events DROP COLUMN payload;
