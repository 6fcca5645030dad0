-- Who did it ever so often is counted in the order of people, and what one person did of that name is found by the same index
-- as before; everything of one person is found by events_timeline.
DROP INDEX events_by_contact;
CREATE INDEX events_by_person ON events (workspace_id, name, contact_id, at);
