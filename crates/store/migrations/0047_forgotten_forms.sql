-- Forms are forgotten by their age, and what a token asked for is found when it is taken back.
CREATE INDEX checkout_forms_by_age ON checkout_forms (created_at) WHERE look_at IS NULL;
CREATE INDEX webhook_askers_by_token ON webhook_askers (project_id, token_id);
