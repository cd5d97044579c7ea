-- Secrets of apps that were replaced and work for a while beside their successor.

CREATE TABLE old_app_secrets (
    project_id UUID NOT NULL,
    app_id UUID NOT NULL,
    secret_hash BYTES NOT NULL,
    expires_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, app_id, secret_hash),
    FOREIGN KEY (project_id, app_id) REFERENCES apps (project_id, id)
) STRICT;

-- Until when somebody sends to a receiver, by the clock of the database: those of the nodes may differ.
ALTER TABLE webhook_endpoints ADD COLUMN claimed_until TIMESTAMP_US NOT NULL DEFAULT 0;

-- Which member of a business asked for a change on a form.
ALTER TABLE subscription_changes ADD COLUMN buyer_id UUID;

-- By which token a receiver was asked for last: it ends with that.
ALTER TABLE webhook_endpoints ADD COLUMN made_with_id UUID;
CREATE INDEX webhook_endpoints_made_with ON webhook_endpoints (project_id, made_with_id)
    WHERE made_with_id IS NOT NULL AND deleted_at IS NULL;

-- Which request of a caller's made a subscription, so that the same one makes no second should its answer be lost.
ALTER TABLE subscriptions ADD COLUMN request_key BYTES;
CREATE UNIQUE INDEX subscriptions_request_key ON subscriptions (project_id, request_key) WHERE request_key IS NOT NULL;
