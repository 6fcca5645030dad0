-- Speed: warm-up plans of new numbers, what was sent and refused per minute, and where a run stands in its batches.
ALTER TABLE connections
  -- campaign messages allowed on the first day, the second, …; after the last there is no such limit
  ADD COLUMN warm_up_day_limits integer[],
  -- the first day, in the workspace's time zone
  ADD COLUMN warm_up_started_on date,
  ADD CONSTRAINT connections_warm_up_whole CHECK ((warm_up_day_limits IS NULL) = (warm_up_started_on IS NULL));

-- How much of a day's limit is taken. Raised before rows are claimed, so that no crash can send more than the plan allows.
CREATE TABLE connection_days (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  day date NOT NULL,
  used integer NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, day),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);

-- Rate samples for the limits page: written by each node once every few seconds for all its lanes, never per message.
CREATE TABLE connection_minutes (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  minute timestamptz NOT NULL,
  sent integer NOT NULL,
  -- answers "too many requests"; the last of them, and how long it forbade the whole connection
  rate_limited integer NOT NULL,
  limited_at timestamptz,
  limited_until timestamptz,
  -- over the last seconds before written_at
  per_second real NOT NULL,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, minute),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX connection_minutes_by_age ON connection_minutes (minute);

-- The batch that is being sent, and when it may begin: a lane that takes over must not send two at once.
ALTER TABLE runs
  ADD COLUMN batch integer NOT NULL DEFAULT 1,
  ADD COLUMN batch_due_at timestamptz;

-- Plans written before these settings existed say what they always did: no batches, no paid rate.
UPDATE campaigns SET settings = '{"batch": null, "paid_broadcast": false}'::jsonb || settings;
