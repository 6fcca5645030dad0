-- The figures of an A/B test from counters as every other: run_counts and run_tallies know the variant. -1: a row of none, beyond
-- a test or of a run without one; before, run_tallies took those for people of A.
-- no statement that counts may be half way through while its counters change their key
LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE run_counts ADD COLUMN variant smallint NOT NULL DEFAULT -1, DROP CONSTRAINT run_counts_pkey;
ALTER TABLE run_counts ADD PRIMARY KEY (run_id, state, variant, shard);

CREATE OR REPLACE FUNCTION count_deliveries_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, variant, shard, n)
    SELECT workspace_id, run_id, state, coalesce(variant, -1), pg_backend_pid() % 64, count(*) FROM new_rows
    WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
    ON CONFLICT (run_id, state, variant, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_deliveries_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, variant, shard, n)
    SELECT workspace_id, run_id, state, coalesce(variant, -1), pg_backend_pid() % 64, sum(d) FROM (
      SELECT workspace_id, run_id, state, variant, 1 AS d FROM new_rows WHERE run_id IS NOT NULL
      UNION ALL
      SELECT workspace_id, run_id, state, variant, -1 FROM old_rows WHERE run_id IS NOT NULL
    ) moved GROUP BY 1, 2, 3, 4 HAVING sum(d) <> 0 ORDER BY 2, 3, 4
    ON CONFLICT (run_id, state, variant, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_deliveries_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_counts AS c (workspace_id, run_id, state, variant, shard, n)
    SELECT workspace_id, run_id, state, coalesce(variant, -1), pg_backend_pid() % 64, -count(*) FROM old_rows
    WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
    ON CONFLICT (run_id, state, variant, shard) DO UPDATE SET n = c.n + excluded.n;
  RETURN NULL;
END $$;

-- of the tests there are already: what stood under "none" moves to its variant
WITH tested AS (
  SELECT workspace_id, run_id, state, variant, count(*) AS n FROM deliveries
  WHERE run_id IS NOT NULL AND variant IS NOT NULL GROUP BY 1, 2, 3, 4
), moved AS (
  SELECT workspace_id, run_id, state, variant, n FROM tested
  UNION ALL
  SELECT workspace_id, run_id, state, -1, -sum(n) FROM tested GROUP BY 1, 2, 3
)
INSERT INTO run_counts AS c (workspace_id, run_id, state, variant, shard, n)
  SELECT workspace_id, run_id, state, variant, 0, n FROM moved
  ON CONFLICT (run_id, state, variant, shard) DO UPDATE SET n = c.n + excluded.n;

ALTER TABLE run_tallies ALTER COLUMN variant SET DEFAULT -1;
DELETE FROM run_tallies t USING runs r WHERE r.workspace_id = t.workspace_id AND r.id = t.run_id AND r.ab_step IS NOT NULL;
UPDATE run_tallies SET variant = -1 WHERE variant = 0;
INSERT INTO run_tallies (workspace_id, run_id, variant, what, shard, n)
  SELECT d.workspace_id, d.run_id, coalesce(d.variant, -1), w.what, 0, count(*)
  FROM runs r JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.run_id = r.id
  CROSS JOIN LATERAL (VALUES ('clicked', d.clicked_at), ('replied', d.replied_at), ('converted', d.converted_at)) AS w (what, at)
  WHERE r.ab_step IS NOT NULL AND w.at IS NOT NULL GROUP BY 1, 2, 3, 4;
