-- The oldest open checkout of each project, which a sweep asks for every few seconds: without the project in front the
-- database preferred an index of all checkouts, and read each one that there ever was.
DROP INDEX checkouts_open_by_age;
CREATE INDEX checkouts_open_by_age ON checkouts (project_id, created_at) WHERE state IN ('creating', 'open');
