-- Campaigns, their runs, and the ledger: one row in deliveries per message to one recipient, written before sending.
CREATE TABLE campaigns (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  number integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('broadcast', 'bulk_message', 'abandoned_cart', 'back_in_stock', 'post_purchase', 'smart_trigger')),
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('promotional', 'informational', 'event_announcement', 'follow_up', 'engagement')),
  status text NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'published', 'failed', 'cancelled', 'archived')),
  status_reason text,
  connection_id uuid,
  audience jsonb NOT NULL,
  content jsonb NOT NULL,
  schedule jsonb NOT NULL,
  settings jsonb NOT NULL,
  -- delay and toggle of the automated kinds; null for a broadcast
  trigger jsonb,
  featured boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_by uuid REFERENCES users ON DELETE SET NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  launched_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, number),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);
CREATE INDEX campaigns_by_created_at ON campaigns (workspace_id, created_at, id);

CREATE TABLE runs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL UNIQUE,
  campaign_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'paused', 'finished', 'cancelled')),
  -- what is sent, frozen at launch
  content jsonb NOT NULL,
  settings jsonb NOT NULL,
  audience jsonb NOT NULL,
  -- how many rows the expansion will write; exact once expanded_at is set
  planned bigint NOT NULL,
  -- the last contact of the audience that has its row; the expansion goes on behind it
  expand_cursor uuid,
  expanded_at timestamptz,
  -- measured by the recorder over the last seconds, for the progress bar; stale ones are shown as 0
  sends_per_second real NOT NULL DEFAULT 0,
  rated_at timestamptz,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);
-- the lanes ask this on every look for work
CREATE INDEX runs_active ON runs (connection_id) WHERE status = 'active';
CREATE INDEX runs_by_campaign ON runs (workspace_id, campaign_id, created_at);

CREATE TABLE deliveries (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  -- campaign, test, reply: where the row comes from, and with `priority` which goes first in the lane
  source text NOT NULL CHECK (source IN ('campaign', 'test', 'reply')),
  priority smallint NOT NULL,
  campaign_id uuid,
  run_id uuid,
  -- what makes a second message to the same person a different event: the run for broadcasts
  event_key text NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  channel text NOT NULL,
  address text,
  state text NOT NULL CHECK (state IN ('planned', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'skipped', 'unknown', 'cancelled')),
  -- a code of contract/deliveries.ts; the platform's own words in detail
  reason text,
  detail text,
  attempts smallint NOT NULL DEFAULT 0,
  -- not before this moment (retry after a 429, later: quiet hours, local time)
  due_at timestamptz NOT NULL,
  -- which claim holds the row while it is sending: a lane's own uuid, new for each ownership
  claim uuid,
  claimed_at timestamptz,
  -- content of rows that belong to no run (reply, test)
  content jsonb,
  author_id uuid REFERENCES users ON DELETE SET NULL,
  external_id text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  clicked_at timestamptz,
  replied_at timestamptz,
  -- no foreign key to contacts: an erased person's rows stay, nameless, so that reports keep adding up
  PRIMARY KEY (workspace_id, id)
) WITH (fillfactor = 85);
-- The identity of a message: nobody twice. Whatever runs twice, the second row is refused here.
CREATE UNIQUE INDEX deliveries_once ON deliveries (campaign_id, contact_id, event_key) WHERE source = 'campaign';
-- What a lane claims from: rows of one run, and rows of no run. A paused run is simply not asked for.
CREATE INDEX deliveries_waiting_by_run ON deliveries (run_id, due_at, id) WHERE state = 'queued' AND run_id IS NOT NULL;
CREATE INDEX deliveries_waiting_direct ON deliveries (connection_id, priority, due_at, id) WHERE state = 'queued' AND run_id IS NULL;
CREATE INDEX deliveries_sending ON deliveries (connection_id) WHERE state = 'sending';
-- The send log (newest first), and one person's rows.
CREATE INDEX deliveries_log ON deliveries (workspace_id, campaign_id, id);
CREATE INDEX deliveries_by_contact ON deliveries (workspace_id, contact_id, id);
CREATE INDEX deliveries_by_reason ON deliveries (run_id, state, reason) WHERE state IN ('failed', 'skipped', 'unknown');

-- How many rows of a run are in each state, kept by triggers on every statement, so that no path can forget it.
-- Sharded by backend: an expansion of 10,000 rows does not hold up the flush of a lane.
CREATE TABLE run_counts (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  state text NOT NULL,
  shard smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (run_id, state, shard)
);

CREATE FUNCTION count_deliveries_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, shard, n)
    SELECT workspace_id, run_id, state, pg_backend_pid() % 64, count(*) FROM new_rows
    WHERE run_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 2, 3
    ON CONFLICT (run_id, state, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE FUNCTION count_deliveries_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, shard, n)
    SELECT workspace_id, run_id, state, pg_backend_pid() % 64, sum(d) FROM (
      SELECT workspace_id, run_id, state, 1 AS d FROM new_rows WHERE run_id IS NOT NULL
      UNION ALL
      SELECT workspace_id, run_id, state, -1 FROM old_rows WHERE run_id IS NOT NULL
    ) moved GROUP BY 1, 2, 3 HAVING sum(d) <> 0 ORDER BY 2, 3
    ON CONFLICT (run_id, state, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE FUNCTION count_deliveries_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, shard, n)
    SELECT workspace_id, run_id, state, pg_backend_pid() % 64, -count(*) FROM old_rows
    WHERE run_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 2, 3
    ON CONFLICT (run_id, state, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE TRIGGER deliveries_inserted AFTER INSERT ON deliveries
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries_inserted();
CREATE TRIGGER deliveries_updated AFTER UPDATE ON deliveries
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries_updated();
CREATE TRIGGER deliveries_deleted AFTER DELETE ON deliveries
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries_deleted();
