-- A run by everybody's own clock is looked at every minute. Where nobody looked for longer, hours were missed, and its rows
-- are not sent before it is decided what becomes of that. Every run notes between which ids its rows lie; null: not noted.
ALTER TABLE runs
  ADD COLUMN looked_at timestamptz,
  ADD COLUMN first_row uuid,
  ADD COLUMN last_row uuid;
UPDATE runs SET looked_at = now() WHERE recipient_local IS NOT NULL AND status IN ('active', 'paused');
-- Ids do not get smaller: to try it took longer than to find the people.
ALTER TABLE run_people ALTER COLUMN contact_ids SET STORAGE EXTERNAL;
