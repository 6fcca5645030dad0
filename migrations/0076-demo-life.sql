-- The demo shop's life (server/demo/life/): what its simulated customers are about to do. At most one row in an installation.
CREATE TABLE demo_life (
  workspace_id uuid NOT NULL PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  speed text NOT NULL CHECK (speed IN ('off', 'calm', 'busy', 'rush')),
  -- what the plan remembers: its dice, visits under way, carts left, orders on their way, stock
  shop jsonb NOT NULL,
  -- until when the shop has lived
  lived_at timestamptz NOT NULL,
  -- the run of the job that may go on: a newer one takes over
  runner uuid,
  -- the delays of the automations before they were shortened, by campaign; NULL: they are not
  usual_delays jsonb,
  -- what happened last, the newest last; people by the demo's own id of them
  news jsonb NOT NULL DEFAULT '[]',
  rests boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL
);
