-- Campaigns that go out at a time, and installations that send nothing until somebody has looked.
ALTER TABLE campaigns
  -- the instant that `schedule` means, fixed when it was written; null for one that goes out at once
  ADD COLUMN scheduled_at timestamptz,
  -- the hold (workspaces.held_at) from which a person let this campaign go on its own
  ADD COLUMN released_from timestamptz;
CREATE INDEX campaigns_due ON campaigns (scheduled_at) WHERE status = 'scheduled';

ALTER TABLE runs ADD COLUMN released_from timestamptz;

ALTER TABLE workspaces
  -- since when nothing is sent (started with --held); null: not held
  ADD COLUMN held_at timestamptz,
  -- the hold from which replies and tests were let go
  ADD COLUMN direct_released_from timestamptz;
-- the lanes ask it with every claim: empty as long as nothing is held
CREATE INDEX workspaces_held ON workspaces (id) WHERE held_at IS NOT NULL;
