-- A change of plan that nobody pays for leaves everything as it was, the change that waited before it among that.
ALTER TABLE subscription_changes ADD COLUMN replaces_id UUID;
