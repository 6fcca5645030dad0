-- A/B variants of a run, the holdout group, and the way back from the archive (docs/decisions: variants by stable hash).

-- Which wording a person of the test gets (0: the campaign's own); null: no test, or the rest that gets the winner.
ALTER TABLE deliveries ADD COLUMN variant smallint;
-- the figures of a test, and whether one of its messages is still open
CREATE INDEX deliveries_variant ON deliveries (run_id, variant, state) WHERE variant IS NOT NULL;

-- `ab`: what the run keeps of its test (server/deliveries/ab/ab.ts); `winner`: the variant that everybody beyond the test gets.
ALTER TABLE runs
  ADD COLUMN ab_step text CHECK (ab_step IN ('testing', 'decided', 'measuring', 'not_needed')),
  ADD COLUMN ab jsonb,
  ADD COLUMN winner smallint,
  ADD COLUMN winner_at timestamptz;

-- What an archived campaign was, for restore.
ALTER TABLE campaigns ADD COLUMN archived_from text CHECK (archived_from IN ('published', 'failed', 'cancelled'));

-- Whom a test message is offered to first.
ALTER TABLE workspaces ADD COLUMN test_contact_ids uuid[] NOT NULL DEFAULT '{}';
