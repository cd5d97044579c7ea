-- Organizations are customers; what is new are the people who act for them, their log-ins, and what the second door
-- has to remember of a checkout beside the order.

CREATE TABLE members (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    external_id TEXT NOT NULL,
    organization_id UUID,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    full_name TEXT NOT NULL,
    role TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    password_hash TEXT,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, organization_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE UNIQUE INDEX members_external_id_key ON members (project_id, external_id);
CREATE UNIQUE INDEX members_email_key ON members (project_id, email_key);
CREATE INDEX members_by_organization ON members (project_id, organization_id, created_at, id);

-- A log-in is a family of tokens: each is used once and replaced by the next. One that is used twice was stolen.
CREATE TABLE refresh_tokens (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    family_id UUID NOT NULL,
    member_id UUID NOT NULL,
    secret_hash BYTES NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US NOT NULL,
    used_at TIMESTAMP_US,
    revoked_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, member_id) REFERENCES members (project_id, id)
) STRICT;
CREATE UNIQUE INDEX refresh_tokens_secret_hash_key ON refresh_tokens (project_id, secret_hash);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (project_id, family_id);
CREATE INDEX refresh_tokens_by_member ON refresh_tokens (project_id, member_id, expires_at);

-- What access tokens are signed with, sealed. Several are in force while one is rotated.
CREATE TABLE signing_secrets (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    secret_sealed BYTES NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id)
) STRICT;

-- Asking Stripe twice must be asking the same, so what is asked beside the order is kept.
ALTER TABLE checkouts ADD COLUMN ui TEXT NOT NULL DEFAULT 'hosted';
ALTER TABLE checkouts ADD COLUMN payment_methods TEXT NOT NULL DEFAULT 'cards';
ALTER TABLE checkouts ADD COLUMN member_id UUID;

-- A payment that the bank has yet to confirm holds the customer's one place as well.
DROP INDEX checkouts_open_key;
CREATE UNIQUE INDEX checkouts_open_key ON checkouts (project_id, customer_id)
    WHERE state IN ('creating', 'open', 'confirming');
DROP INDEX checkouts_open_by_end;
CREATE INDEX checkouts_open_by_end ON checkouts (expires_at) WHERE state IN ('creating', 'open', 'confirming');

-- When Stripe's price was last found to agree with ours; none when Stripe said since that it changed.
ALTER TABLE prices ADD COLUMN stripe_checked_at TIMESTAMP_US;
CREATE INDEX prices_by_stripe_id ON prices (project_id, stripe_price_id);
CREATE INDEX products_by_stripe_id ON products (project_id, stripe_product_id);
