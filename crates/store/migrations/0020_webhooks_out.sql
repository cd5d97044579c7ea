-- Others are told what happened: an event gets what was told before it and who did it, and each receiver that hears of it a
-- delivery of its own, written in the transaction of the event.

-- What is delivered in order: a subscription, where the event belongs to one, else its subject.
ALTER TABLE events ADD COLUMN lane_id UUID;
-- Whom it concerns: what is told of a customer is emptied when the customer is deleted.
ALTER TABLE events ADD COLUMN customer_id UUID;
ALTER TABLE events ADD COLUMN previous_data JSON;
ALTER TABLE events ADD COLUMN actor JSON;
CREATE INDEX events_by_customer ON events (project_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX events_by_type ON events (project_id, event_type, created_at, id);

CREATE TABLE webhook_endpoints (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    url TEXT NOT NULL,
    flavour TEXT NOT NULL,
    events JSON NOT NULL,
    audience JSON NOT NULL,
    description TEXT,
    disabled_at TIMESTAMP_US,
    disabled_reason TEXT,
    failing_since TIMESTAMP_US,
    failures BIGINT NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    deleted_at TIMESTAMP_US,
    -- Before then nobody begins to send to it: somebody does already, or it failed just now.
    resting_until TIMESTAMP_US NOT NULL,
    -- Tells whoever sends to it now from all who did before.
    claims BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, id)
) STRICT;
-- One receiver hears of one event once for each audience.
CREATE UNIQUE INDEX webhook_endpoints_url_key ON webhook_endpoints (project_id, flavour, url, audience)
    WHERE deleted_at IS NULL;
CREATE INDEX webhook_endpoints_by_rest ON webhook_endpoints (resting_until)
    WHERE deleted_at IS NULL AND disabled_at IS NULL;

-- What deliveries are signed with, sealed. One that was replaced signs beside its successor until it expires.
CREATE TABLE webhook_secrets (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    secret_sealed BYTES NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    expires_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, endpoint_id) REFERENCES webhook_endpoints (project_id, id)
) STRICT;
CREATE INDEX webhook_secrets_by_endpoint ON webhook_secrets (project_id, endpoint_id);

CREATE TABLE webhook_deliveries (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    event_id UUID NOT NULL,
    lane_id UUID NOT NULL,
    message_type TEXT NOT NULL,
    -- What is told, where it is not the event's own.
    data JSON,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at TIMESTAMP_US NOT NULL,
    attempted_at TIMESTAMP_US,
    last_status BIGINT,
    last_response TEXT,
    last_error TEXT,
    settled_at TIMESTAMP_US,
    created_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, endpoint_id) REFERENCES webhook_endpoints (project_id, id),
    FOREIGN KEY (project_id, event_id) REFERENCES events (project_id, id)
) STRICT;
CREATE UNIQUE INDEX webhook_deliveries_key ON webhook_deliveries (project_id, event_id, endpoint_id, message_type);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (project_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (project_id, endpoint_id, next_at, id)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_lane ON webhook_deliveries (project_id, endpoint_id, lane_id, id)
    WHERE state = 'waiting';
