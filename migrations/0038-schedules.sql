-- Campaigns that repeat, and campaigns at a time of day of each person's own zone.
ALTER TABLE campaigns
  -- since when it waits for a person because its hour was missed; with launched_at alone a series could not say which it is
  ADD COLUMN held_at timestamptz,
  -- of a series: runs that were begun, and dates still to come, scheduled_at included while it is ahead; null: without end
  ADD COLUMN occurrences_done integer NOT NULL DEFAULT 0,
  ADD COLUMN occurrences_left integer;
UPDATE campaigns SET held_at = updated_at WHERE status = 'paused' AND launched_at IS NULL;

ALTER TABLE runs
  -- the date of the series that it is for
  ADD COLUMN occurrence_at timestamptz,
  ADD COLUMN number integer NOT NULL DEFAULT 1,
  -- the time of day at which everybody is met in their own zone; null: all at once
  ADD COLUMN recipient_local jsonb;
-- nobody is messaged twice for one date, whatever nodes, clocks and restored backups do
CREATE UNIQUE INDEX runs_once_per_occurrence ON runs (campaign_id, occurrence_at) WHERE occurrence_at IS NOT NULL;
