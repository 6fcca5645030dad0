-- Tracked links: one row per run and distinct address, none per recipient. What a person did stands at their delivery, one bit
-- per link; how often, in counters kept by the statement that writes it; each click, for 90 days, in an append-only table.
CREATE TABLE links (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT new_id(),
  -- stands in the short address; ids are too long for that
  number bigint GENERATED ALWAYS AS IDENTITY,
  run_id uuid NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position smallint NOT NULL CHECK (position BETWEEN 0 AND 62),
  url text NOT NULL,
  place text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (run_id, position),
  UNIQUE (number)
);

CREATE TABLE link_counts (
  workspace_id uuid NOT NULL,
  link_id uuid NOT NULL,
  shard smallint NOT NULL,
  people bigint NOT NULL DEFAULT 0,
  clicks bigint NOT NULL DEFAULT 0,
  previews bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, link_id, shard),
  FOREIGN KEY (workspace_id, link_id) REFERENCES links (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE link_clicks (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  link_id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('click', 'preview'))
);
CREATE INDEX link_clicks_by_delivery ON link_clicks (workspace_id, delivery_id);
CREATE INDEX link_clicks_by_age ON link_clicks (at);

-- Sums of a run beside its states: who clicked, replied, ordered. run_counts is kept by triggers on every write of deliveries;
-- these are written by the few statements that set the time.
CREATE TABLE run_tallies (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  variant smallint NOT NULL DEFAULT 0,
  what text NOT NULL CHECK (what IN ('clicked', 'replied', 'converted')),
  shard smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (run_id, what, variant, shard)
);

-- Where tracked links of the run lead through; NULL: its links are the original ones.
ALTER TABLE runs ADD COLUMN link_base text;
ALTER TABLE deliveries ADD COLUMN clicked_links bigint, ADD COLUMN converted_at timestamptz, ADD COLUMN converted_by uuid;

CREATE INDEX deliveries_clicked ON deliveries (run_id) WHERE clicked_at IS NOT NULL;
CREATE INDEX deliveries_converted ON deliveries (run_id) WHERE converted_at IS NOT NULL;

INSERT INTO run_tallies (workspace_id, run_id, what, shard, n)
  SELECT workspace_id, run_id, 'replied', 0, count(*) FROM deliveries
  WHERE replied_at IS NOT NULL AND run_id IS NOT NULL GROUP BY workspace_id, run_id;
