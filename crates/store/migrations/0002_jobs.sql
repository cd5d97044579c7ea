-- Work that has to happen later, queued in the transaction that makes it necessary.
-- A claim moves `due_at` to the end of its lease, so a job whose worker died is simply due again.
CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload JSON NOT NULL,
    state TEXT NOT NULL,
    -- When it was wanted, and when it may be claimed next.
    run_at TIMESTAMP_US NOT NULL,
    due_at TIMESTAMP_US NOT NULL,
    -- Attempts start again when an operator retries; leases only ever count up, and tell an old holder from a new one.
    attempts BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    leases BIGINT NOT NULL DEFAULT 0,
    leased_by TEXT,
    last_error TEXT,
    -- One live job per key. Asked for again while it runs, it runs once more: then this says when.
    dedupe_key TEXT,
    again_at TIMESTAMP_US,
    CONSTRAINT jobs_state_check CHECK (state IN ('waiting', 'leased', 'failed')),
    CONSTRAINT jobs_max_attempts_check CHECK (max_attempts > 0)
) STRICT;

CREATE UNIQUE INDEX jobs_dedupe_key ON jobs (dedupe_key) WHERE state <> 'failed';

CREATE INDEX jobs_due_at ON jobs (due_at, id) WHERE state <> 'failed';

-- The operator's list of what was given up.
CREATE INDEX jobs_failed ON jobs (run_at, id) WHERE state = 'failed';
