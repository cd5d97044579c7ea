-- Every Stripe object is one row: its JSON as the API shows it, in order of creation. Members whose names start with an
-- underscore are the sandbox's own and never leave it.
CREATE TABLE IF NOT EXISTS objects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, sequence);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, body ->> '$.customer', sequence);
CREATE INDEX IF NOT EXISTS objects_by_subscription ON objects (kind, body ->> '$.subscription', sequence);
CREATE INDEX IF NOT EXISTS objects_by_invoice ON objects (kind, body ->> '$.invoice', sequence);
CREATE INDEX IF NOT EXISTS objects_by_payment_intent ON objects (kind, body ->> '$.payment_intent', sequence);
-- What happens by the clock: renewals, retries, expiries. In the order in which it happens, for each test clock and for
-- the owner's, so that a jump with thousands of things due need not sort them for each one.
CREATE INDEX IF NOT EXISTS objects_due_by_clock
    ON objects (body ->> '$.test_clock', body ->> '$._due_at', kind <> 'subscription_schedule', sequence)
    WHERE body ->> '$._due_at' IS NOT NULL;

-- Answers kept for repeated idempotency keys, for a day.
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

-- One row for each event and endpoint; the state is pending, delivered or failed.
CREATE TABLE IF NOT EXISTS deliveries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    last_status INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at, sequence);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
