-- What became of each try, who settled what nobody could know, and since when it is not known.

-- When the row last turned unknown. It stays when somebody has it sent again: this person may get the message twice.
ALTER TABLE deliveries ADD COLUMN unknown_at timestamptz;
UPDATE deliveries SET unknown_at = coalesce(claimed_at, created_at) WHERE state = 'unknown';

-- The list of one group (failed: blocked, skipped: opted out, …) in the order of the log, whatever the size of the run.
DROP INDEX IF EXISTS deliveries_by_reason;
CREATE INDEX deliveries_by_reason ON deliveries (run_id, state, reason, id) WHERE state IN ('failed', 'skipped', 'unknown');
CREATE INDEX deliveries_counted_as_sent ON deliveries (run_id, id) WHERE reason = 'counted_as_sent';
CREATE INDEX deliveries_once_unknown ON deliveries (run_id, state) WHERE unknown_at IS NOT NULL;

-- The history of a delivery. A first try that the platform took at once has no row here: the delivery itself tells it.
CREATE TABLE delivery_attempts (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT new_id(),
  attempt smallint NOT NULL,
  at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'accepted_late', 'deferred', 'rejected', 'given_up', 'broken', 'unknown', 'node_lost',
    'not_sent', 'retried', 'resent', 'counted_as_sent')),
  -- as in deliveries: a code, and the platform's own words
  reason text,
  detail text,
  -- from the call to its answer
  latency_ms integer,
  -- which process made the call or found the row
  node text,
  -- who decided, for what people and policies do
  actor text,
  PRIMARY KEY (workspace_id, delivery_id, id)
);

-- Which process took which lane when: what a claim left behind tells whose it was. Forgotten after thirty days.
CREATE TABLE lane_claims (
  workspace_id uuid NOT NULL,
  claim uuid NOT NULL,
  connection_id uuid NOT NULL,
  node text NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, claim)
);
CREATE INDEX lane_claims_by_age ON lane_claims (taken_at);

-- Somebody settles the unknown rows of a run, all or those of one cause, in chunks that survive a restart.
CREATE TABLE settlements (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL UNIQUE,
  run_id uuid NOT NULL,
  verb text NOT NULL CHECK (verb IN ('resend', 'count_as_sent')),
  reason text,
  status text NOT NULL CHECK (status IN ('active', 'finished', 'stopped')),
  -- what the person saw and agreed to; rows that turned unknown after `until` are not meant
  expected bigint NOT NULL,
  until timestamptz NOT NULL,
  done bigint NOT NULL DEFAULT 0,
  -- the last row looked at: each is looked at once
  cursor uuid,
  -- as in audit_events
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX settlements_active ON settlements (run_id) WHERE status = 'active';
CREATE INDEX settlements_by_run ON settlements (workspace_id, run_id, created_at);
