-- One deed on many campaigns. They are written down when it is asked for, and done one after the other.
CREATE TABLE campaign_bulks (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  action jsonb NOT NULL,
  -- in the order in which it is their turn; emptied when it is over
  campaign_ids uuid[] NOT NULL,
  expected integer NOT NULL,
  done integer NOT NULL DEFAULT 0,
  refused_count integer NOT NULL DEFAULT 0,
  -- the first hundred: campaign_id, name, detail
  refused jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX campaign_bulks_by_time ON campaign_bulks (workspace_id, created_at, id);
ALTER TABLE works DROP CONSTRAINT works_kind_check;
ALTER TABLE works ADD CONSTRAINT works_kind_check CHECK (kind IN ('import', 'bulk_action', 'export', 'campaign_bulk'));
