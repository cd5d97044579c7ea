-- A device may be known before its owner is, holds SIMs, and is removed without being forgotten.

-- SQLite cannot let a column be empty that was not, so the table is built anew.
CREATE TABLE devices_with_history (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    customer_id UUID,
    imei TEXT,
    name TEXT,
    metadata JSON NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    removed_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
INSERT INTO devices_with_history (project_id, id, customer_id, imei, name, metadata, created_at)
    SELECT project_id, id, customer_id, imei, name, '{}', created_at FROM devices;
DROP TABLE devices;
ALTER TABLE devices_with_history RENAME TO devices;
-- What is removed remembers its number, and another device may be recorded with it.
CREATE UNIQUE INDEX devices_imei_key ON devices (project_id, imei) WHERE removed_at IS NULL;
CREATE INDEX devices_by_age ON devices (project_id, created_at, id);
CREATE INDEX devices_by_customer ON devices (project_id, customer_id, created_at, id);

CREATE TABLE device_sims (
    project_id UUID NOT NULL,
    device_id UUID NOT NULL,
    sim_id UUID NOT NULL,
    linked_at TIMESTAMP_US NOT NULL,
    removed_at TIMESTAMP_US,
    PRIMARY KEY (project_id, device_id, sim_id),
    FOREIGN KEY (project_id, device_id) REFERENCES devices (project_id, id),
    FOREIGN KEY (project_id, sim_id) REFERENCES sims (project_id, id)
) STRICT;
-- A SIM is in one device at a time.
CREATE UNIQUE INDEX device_sims_sim_key ON device_sims (project_id, sim_id) WHERE removed_at IS NULL;
