-- Every Stripe object is one row: its JSON as the API shows it, in order of creation. Members whose names start with an
-- underscore are the sandbox's own and never leave it.
CREATE TABLE IF NOT EXISTS objects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- What objects are looked up by, copied out of the body by `keys.rs`: an index on the JSON itself would have it
    -- parsed again with every write.
    created INTEGER,
    customer TEXT,
    subscription TEXT,
    invoice TEXT,
    payment_intent TEXT,
    test_clock TEXT,
    due_at INTEGER,
    -- At the end, as it is the longest: what stands behind it is read with all of it.
    body TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, sequence);
-- What a customer pays stands together, in the order in which it was made: a renewal makes three such objects, and each
-- place of its own would be a page to write. What a customer has is found without passing over it.
DROP INDEX IF EXISTS objects_by_customer;
CREATE INDEX IF NOT EXISTS objects_of_customer
    ON objects (customer, kind IN ('charge', 'invoice', 'payment_intent'), sequence, kind) WHERE customer IS NOT NULL;
-- With the time, as a merchant asks for the latest invoices of a subscription that has had hundreds.
CREATE INDEX IF NOT EXISTS objects_by_subscription ON objects (subscription, kind, sequence, created)
    WHERE subscription IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_invoice ON objects (invoice, kind, sequence) WHERE invoice IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_payment_intent ON objects (payment_intent, kind, sequence)
    WHERE payment_intent IS NOT NULL;
-- What happens by the clock: renewals, retries, expiries. In the order in which it happens, for each test clock and for
-- the owner's, so that a jump with thousands of things due need not sort them for each one.
CREATE INDEX IF NOT EXISTS objects_due_by_clock
    ON objects (test_clock, due_at, kind <> 'subscription_schedule', sequence) WHERE due_at IS NOT NULL;

-- Events are apart from the objects they tell of: there are ten for each of those, nobody looks them up by what they are
-- about, and they are forgotten after a while.
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    -- By the owner's clock, unlike the event's own time, which may be a test clock's.
    recorded_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS events_by_age ON events (recorded_at);

-- Answers kept for repeated idempotency keys, for a day.
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS answers_by_age ON answers (created);

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

CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (sequence) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
