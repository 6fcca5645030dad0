-- A no that is said again is kept as well: undoing a merge gives it to whom it is of, and a proof of opting in must be later.
-- When the state was last said again; null: not since `at`.
ALTER TABLE consents ADD COLUMN repeated_at timestamptz;
-- Where it was said, if by a message: the address is the person's own on that connection.
ALTER TABLE consent_changes ADD COLUMN connection_id uuid;
ALTER TABLE consent_changes ADD COLUMN address text;
