-- The profile of a person: where their time zone comes from, what the attributes mean, notes, and the timeline.

ALTER TABLE contacts
  -- null: time_zone was given, or there is none; else it is a guess, and a given one takes its place
  ADD COLUMN time_zone_guessed_from text CHECK (time_zone_guessed_from IN ('phone', 'browser')),
  -- what a browser of theirs said last; kept, so that it is there again when a given zone is taken back
  ADD COLUMN browser_time_zone text;

ALTER TABLE attribute_declarations ADD COLUMN description text;

CREATE TABLE contact_notes (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  text text NOT NULL,
  author text NOT NULL,
  created_at timestamptz NOT NULL,
  -- who changed it last, and when; null: nobody did
  edited_by text,
  edited_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_notes_by_contact ON contact_notes (workspace_id, contact_id, created_at, id);

-- A page of what one person did, however much that is: the other index of events has the name before the time.
CREATE INDEX events_timeline ON events (workspace_id, contact_id, at, id);
