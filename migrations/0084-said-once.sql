-- Deletions that a shop tells without a time: one that comes again is none, for what was deleted may be back by then. Kept 35 days.
CREATE TABLE shop_deletions (
  workspace_id uuid NOT NULL,
  connector_id uuid NOT NULL,
  -- the shop's own number of the webhook, else the hash of what it said
  webhook text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connector_id, webhook),
  FOREIGN KEY (workspace_id, connector_id) REFERENCES shop_connectors (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX shop_deletions_by_time ON shop_deletions (workspace_id, at);

-- Prefixes that stand before stored ids, also of shops whose connector was removed: what they told stays, and no other shop may mean it.
CREATE TABLE shop_prefixes (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id_prefix text NOT NULL,
  PRIMARY KEY (workspace_id, id_prefix)
);
INSERT INTO shop_prefixes (workspace_id, id_prefix)
  SELECT DISTINCT workspace_id, id_prefix FROM shop_connectors WHERE NOT id_prefix_open;
