-- Who hears of an event is found by whom it concerns, however many receivers a project has.
CREATE INDEX webhook_endpoints_by_audience ON webhook_endpoints (project_id, flavour, audience) WHERE deleted_at IS NULL;

-- What was told of a customer who was deleted is emptied; an answer that comes to it afterwards is not kept.
ALTER TABLE webhook_deliveries ADD COLUMN emptied_at TIMESTAMP_US;
