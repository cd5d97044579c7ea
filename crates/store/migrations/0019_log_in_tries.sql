-- Tries to log in with a password, so that nobody guesses without end. One try is a row for the account that was named and
-- another for the network that it came from, both as keyed hashes. No foreign key: most of what is guessed is nobody's.

CREATE TABLE log_in_tries (
    project_id UUID NOT NULL REFERENCES projects (id),
    id UUID NOT NULL,
    subject_hash BYTES NOT NULL,
    tried_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, id, subject_hash)
) STRICT;
CREATE INDEX log_in_tries_by_subject ON log_in_tries (project_id, subject_hash, tried_at);
CREATE INDEX log_in_tries_by_age ON log_in_tries (tried_at);
