-- Two brakes: a run that tries itself on a few people first, and a connection that stops when its platform stops answering.
ALTER TABLE runs
  -- null: the run has no canary
  ADD canary_step text CHECK (canary_step IN ('sampling', 'waiting', 'passed', 'stopped', 'overridden', 'not_needed')),
  -- how many people, when what happened, figures as judged (deliveries/canary.ts CanaryRecord)
  ADD canary jsonb;
-- whom the minute's look must find: nobody but runs whose canary is not settled
CREATE INDEX runs_canary ON runs (workspace_id, id) WHERE canary_step IN ('sampling', 'waiting') AND status = 'active';

-- true for the people of the canary; everybody else of such a run waits in `planned` until it has passed
ALTER TABLE deliveries ADD canary boolean;
CREATE INDEX deliveries_canary ON deliveries (run_id) WHERE canary;
CREATE INDEX deliveries_planned ON deliveries (run_id, id) WHERE state = 'planned';

ALTER TABLE connections
  ADD circuit text NOT NULL DEFAULT 'closed' CHECK (circuit IN ('closed', 'open', 'half_open')),
  -- when the present trouble began, and what it is in words; null while closed
  ADD circuit_since timestamptz,
  ADD circuit_reason text,
  -- open: when the platform is asked again, how often it was asked in vain, and from when on campaigns are paused
  ADD circuit_probe_at timestamptz,
  ADD circuit_probes smallint NOT NULL DEFAULT 0,
  ADD circuit_hold_at timestamptz;
CREATE INDEX connections_circuit ON connections (circuit_hold_at) WHERE circuit <> 'closed';
