-- Who hears of an event is found by whom it concerns, however many receivers a project has.
CREATE INDEX webhook_endpoints_by_audience ON webhook_endpoints (project_id, flavour, audience, id)
    WHERE deleted_at IS NULL;

-- What was told of a customer who was deleted is emptied; an answer that comes to it afterwards is not kept.
ALTER TABLE webhook_deliveries ADD COLUMN emptied_at TIMESTAMP_US;

-- Tokens with which a receiver was asked for: it hears as long as one of them works. Those that an app fetches for an hour stand
-- for the app. Receivers without any are the operator's.
CREATE TABLE webhook_askers (
    project_id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    token_id UUID NOT NULL,
    app_id UUID,
    PRIMARY KEY (project_id, endpoint_id, token_id),
    FOREIGN KEY (project_id, endpoint_id) REFERENCES webhook_endpoints (project_id, id)
) STRICT;
INSERT INTO webhook_askers (project_id, endpoint_id, token_id)
    SELECT project_id, id, made_with_id FROM webhook_endpoints WHERE made_with_id IS NOT NULL;
DROP INDEX IF EXISTS webhook_endpoints_made_with;
ALTER TABLE webhook_endpoints DROP COLUMN made_with_id;
