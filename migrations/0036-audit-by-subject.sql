-- What was done to one thing, newest first: an edit looks whether the event before it was the same sitting.
CREATE INDEX audit_events_subject ON audit_events (workspace_id, subject_id, id);
