-- A cart whose customer does not come back is gone on with by a sweep: when to look at it next, while something is left to do.
ALTER TABLE checkout_forms ADD COLUMN look_at TIMESTAMP_US;
CREATE INDEX checkout_forms_by_look ON checkout_forms (look_at) WHERE look_at IS NOT NULL;
