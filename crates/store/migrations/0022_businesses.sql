-- Businesses are customers that belong to a directory and have staff (members); apps work for them; tokens say who may
-- see which of their subscriptions.

CREATE TABLE directories (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE UNIQUE INDEX directories_number_key ON directories (project_id, number);

CREATE TABLE businesses (
    project_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    directory_id UUID NOT NULL,
    owner_id UUID NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, customer_id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id),
    FOREIGN KEY (project_id, directory_id) REFERENCES directories (project_id, id),
    FOREIGN KEY (project_id, owner_id) REFERENCES members (project_id, id)
) STRICT;
CREATE INDEX businesses_by_age ON businesses (project_id, created_at, customer_id);

CREATE TABLE apps (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    code_name TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    secret_hash BYTES NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE UNIQUE INDEX apps_code_name_key ON apps (project_id, code_name);
-- The endpoint that gives out an app's tokens names no project.
CREATE UNIQUE INDEX apps_id_key ON apps (id);

CREATE TABLE business_tokens (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    directory_id UUID,
    customer_id UUID,
    app_id UUID,
    member_id UUID,
    hint TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US,
    revoked_at TIMESTAMP_US,
    secret_hash BYTES NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, directory_id) REFERENCES directories (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES businesses (project_id, customer_id),
    FOREIGN KEY (project_id, app_id) REFERENCES apps (project_id, id),
    FOREIGN KEY (project_id, member_id) REFERENCES members (project_id, id)
) STRICT;
-- A look-up that comes before a project is known.
CREATE UNIQUE INDEX business_tokens_secret_hash_key ON business_tokens (secret_hash);
CREATE INDEX business_tokens_by_age ON business_tokens (project_id, created_at, id);

ALTER TABLE products ADD COLUMN business_facts JSON;

ALTER TABLE subscriptions ADD COLUMN buyer_id UUID;
ALTER TABLE subscriptions ADD COLUMN bundled_from_id UUID;
ALTER TABLE subscriptions ADD COLUMN updated_at TIMESTAMP_US NOT NULL DEFAULT 0;
UPDATE subscriptions SET updated_at = created_at;
-- The directory of the business that has it, so that lists of many businesses are found in their order.
ALTER TABLE subscriptions ADD COLUMN directory_id UUID;
-- A bundle gives each of its parts once.
CREATE UNIQUE INDEX subscriptions_bundled_key ON subscriptions (project_id, bundled_from_id, product_id)
    WHERE bundled_from_id IS NOT NULL AND state <> 'ended';
CREATE INDEX subscriptions_of_directory_by_update ON subscriptions (project_id, directory_id, updated_at, id)
    WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_directory_by_age ON subscriptions (project_id, directory_id, created_at, id)
    WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_businesses_by_update ON subscriptions (project_id, updated_at, id)
    WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_businesses_by_age ON subscriptions (project_id, created_at, id)
    WHERE directory_id IS NOT NULL;
