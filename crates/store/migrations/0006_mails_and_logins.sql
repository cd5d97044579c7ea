-- Mails become necessary in the transaction that makes them so, and are sent by a job: the outbox remembers each once.
-- And visits that know nobody yet ask for a code by mail.
--
-- Neither table holds a secret. Links and codes are made when a mail is sent; of a code only a keyed hash stays.

CREATE TABLE mails (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    customer_id UUID,
    letter JSON NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    created_at TIMESTAMP_US NOT NULL,
    settled_at TIMESTAMP_US,
    dedupe_key TEXT NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
-- What is told twice is mailed once.
CREATE UNIQUE INDEX mails_dedupe_key ON mails (project_id, dedupe_key);
CREATE INDEX mails_by_customer ON mails (project_id, customer_id, created_at, id);

CREATE TABLE logins (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    connect_session_id UUID NOT NULL,
    email TEXT,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US NOT NULL,
    browser_hash BYTES NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, connect_session_id) REFERENCES connect_sessions (project_id, id)
) STRICT;
CREATE UNIQUE INDEX logins_browser_key ON logins (project_id, connect_session_id, browser_hash);
CREATE INDEX logins_by_expiry ON logins (expires_at);

CREATE TABLE login_codes (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    login_id UUID NOT NULL,
    email TEXT NOT NULL,
    locale TEXT NOT NULL,
    tries BIGINT NOT NULL,
    requested_at TIMESTAMP_US NOT NULL,
    made_at TIMESTAMP_US,
    used_at TIMESTAMP_US,
    connect_session_id UUID NOT NULL,
    email_key TEXT NOT NULL,
    code_hash BYTES,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, login_id) REFERENCES logins (project_id, id)
) STRICT;
CREATE INDEX login_codes_by_login ON login_codes (project_id, login_id, requested_at, id);
-- How many were asked for lately: for one visit, to one address, and in all.
CREATE INDEX login_codes_by_session ON login_codes (project_id, connect_session_id, requested_at);
CREATE INDEX login_codes_by_address ON login_codes (project_id, email_key, requested_at);
CREATE INDEX login_codes_by_age ON login_codes (project_id, requested_at);
