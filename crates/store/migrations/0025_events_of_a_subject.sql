-- What was told last of a subject, which every event that tells of a change asks for: without the id at the end the
-- database preferred an index of all events, and read backwards until it met the subject.
DROP INDEX events_by_subject;
CREATE INDEX events_by_subject ON events (project_id, subject_id, created_at, id);
