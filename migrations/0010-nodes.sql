-- The nodes of this installation: one row per running process, whatever workspace it works for. Times are the database's
-- own, so that ages are right although the machines' clocks differ.
CREATE TABLE nodes (
  id uuid PRIMARY KEY,
  host text NOT NULL,
  pid integer NOT NULL,
  role text NOT NULL CHECK (role IN ('all', 'web', 'worker')),
  version text NOT NULL,
  started_at timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  -- it was told to stop: it takes nothing new and hands over what it has
  stopping_at timestamptz,
  -- number of the advisory lock that its lease session holds: PostgreSQL frees it at once when the process dies
  lease bigint,
  -- connections whose lanes it runs, of all workspaces
  lanes uuid[] NOT NULL DEFAULT '{}',
  sends_per_second real NOT NULL DEFAULT 0,
  memory_bytes bigint NOT NULL DEFAULT 0
)
-- rewritten every two seconds by each node: room for the next version on the same page
WITH (fillfactor = 50);
