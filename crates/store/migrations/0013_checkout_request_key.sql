-- A request whose answer was lost is sent again with its key, and finds the checkout that the first one made: what was
-- bought meanwhile is not bought twice. It holds a hash of the key and of what was asked for.
ALTER TABLE checkouts ADD COLUMN request_key BYTES;
CREATE UNIQUE INDEX checkouts_request_key ON checkouts (project_id, request_key) WHERE request_key IS NOT NULL;
