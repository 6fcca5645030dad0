-- A deletion may overtake what it deletes: of what was not known here then, what is told later and is older stays deleted.
ALTER TABLE shop_deletions ADD COLUMN gone text;
CREATE INDEX shop_deletions_of ON shop_deletions (workspace_id, connector_id, gone) WHERE gone IS NOT NULL;
