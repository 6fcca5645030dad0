-- An import finds people by their email where the file has no id of theirs.
CREATE INDEX contacts_by_email ON contacts (workspace_id, email, id) WHERE email IS NOT NULL;
