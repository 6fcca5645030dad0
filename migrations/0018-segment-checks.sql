-- Who comes into a segment and leaves it. A rule is asked again now and then; what a check finds is compared with what the
-- check before had found. Nothing here says who belongs to a segment at this moment: that the rule alone does.

-- When each segment is checked next, and what the last check said. A row of its own, so that a check does not lock what
-- people edit.
CREATE TABLE segment_watch (
  workspace_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  -- null: never checked
  checked_at timestamptz,
  -- how many were in it then
  members integer,
  -- the rule that was checked; another one by now: who is in it anew did not come, and who is not did not go
  rule jsonb,
  took_ms integer,
  -- why the last try had no result; null: it had
  problem text,
  PRIMARY KEY (workspace_id, segment_id),
  FOREIGN KEY (workspace_id, segment_id) REFERENCES segments (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX segment_watch_due ON segment_watch (due_at);
INSERT INTO segment_watch (workspace_id, segment_id, due_at) SELECT workspace_id, id, now() FROM segments;

-- Whom the last check of a rule found: 256 shares by the last byte of the id. 16 bytes a person, where a row each would take
-- ten times that.
CREATE TABLE segment_found (
  workspace_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  share smallint NOT NULL,
  contact_ids uuid[] NOT NULL,
  PRIMARY KEY (workspace_id, segment_id, share),
  FOREIGN KEY (workspace_id, segment_id) REFERENCES segments (workspace_id, id) ON DELETE CASCADE
);
-- ids do not compress; at PLAIN they would not fit
ALTER TABLE segment_found ALTER COLUMN contact_ids SET STORAGE EXTERNAL;

CREATE TABLE segment_checks (
  workspace_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- first: nothing to compare with; rule: it was another one before; people: they changed; hand: somebody edited the list
  cause text NOT NULL CHECK (cause IN ('first', 'rule', 'people', 'hand')),
  -- the check before: whoever came or went did so after it; null: at this moment
  since timestamptz,
  members integer NOT NULL,
  entered integer NOT NULL,
  "left" integer NOT NULL,
  PRIMARY KEY (workspace_id, segment_id, id),
  FOREIGN KEY (workspace_id, segment_id) REFERENCES segments (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX segment_checks_old ON segment_checks (at);

-- The people of a check; of very many at once only the first are written down (server/segments/check.ts).
CREATE TABLE segment_changes (
  workspace_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  check_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  entered boolean NOT NULL,
  PRIMARY KEY (workspace_id, segment_id, check_id, contact_id),
  FOREIGN KEY (workspace_id, segment_id, check_id) REFERENCES segment_checks (workspace_id, segment_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX segment_changes_by_contact ON segment_changes (workspace_id, contact_id);

-- Whom a run for segments is meant for: found in one look at its launch, a part of the audience each, in the order of
-- expansion; gone when its rows are written.
CREATE TABLE run_people (
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  part integer NOT NULL,
  contact_ids uuid[] NOT NULL,
  PRIMARY KEY (workspace_id, run_id, part)
);
ALTER TABLE run_people ALTER COLUMN contact_ids SET STORAGE EXTERNAL;
