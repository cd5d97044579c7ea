-- The order of events rests on the database and on no node's clock: each has a position, taken while its rows are held, and
-- nothing is read that something might still come before. Deliveries are told in that order.
ALTER TABLE events ADD COLUMN position ASCENDING;
UPDATE events SET position = place
    FROM (SELECT project_id AS placed_project, id AS placed_id, ROW_NUMBER() OVER (ORDER BY created_at, id) AS place
          FROM events) AS placed
    WHERE project_id = placed_project AND id = placed_id;
CREATE UNIQUE INDEX events_position_key ON events (project_id, position);
DROP INDEX IF EXISTS events_by_age;
DROP INDEX IF EXISTS events_by_subject;
CREATE INDEX events_by_subject ON events (project_id, subject_id, position);
DROP INDEX IF EXISTS events_by_type;
CREATE INDEX events_by_type ON events (project_id, event_type, position);

ALTER TABLE webhook_deliveries ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
UPDATE webhook_deliveries SET position = (
    SELECT events.position FROM events
    WHERE events.project_id = webhook_deliveries.project_id AND events.id = webhook_deliveries.event_id);
DROP INDEX IF EXISTS webhook_deliveries_by_lane;
CREATE INDEX webhook_deliveries_by_lane ON webhook_deliveries (project_id, endpoint_id, lane_id, position, id)
    WHERE state = 'waiting';
-- Whoever looks for something to send goes from one receiver for whom something waits to the next, and never meets the idle.
DROP INDEX IF EXISTS webhook_deliveries_by_due;
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (endpoint_id, next_at, id) WHERE state = 'waiting';
DROP INDEX IF EXISTS webhook_endpoints_by_rest;
CREATE INDEX webhook_endpoints_by_id ON webhook_endpoints (id) WHERE deleted_at IS NULL AND disabled_at IS NULL;
-- Since when a receiver fails counts only while it goes on failing.
ALTER TABLE webhook_endpoints ADD COLUMN failed_at TIMESTAMP_US;
UPDATE webhook_endpoints SET failed_at = failing_since;
