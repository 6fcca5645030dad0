-- Every change of a consent as it happened: who, when, from where, with which words. `consents` is the present state.
-- Rows are never changed; they go with the person alone.
CREATE TABLE consent_changes (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  channel text NOT NULL,
  purpose text NOT NULL CHECK (purpose = 'marketing'),
  -- not_asked: an opt-out was undone where nothing was said before it
  state text NOT NULL CHECK (state IN ('opted_in', 'opted_out', 'not_asked')),
  source text NOT NULL,
  wording text,
  -- why an operator undid it
  reason text,
  -- false: the person opted out by a command; nobody takes that for a misunderstanding
  undoable boolean NOT NULL,
  -- "system" where the person themselves did it by a message
  actor_kind text NOT NULL,
  actor_name text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX consent_changes_by_contact ON consent_changes (workspace_id, contact_id, at, id);

CREATE FUNCTION consent_changes_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'consent_changes is append-only';
END $$;
CREATE TRIGGER consent_changes_stand BEFORE UPDATE ON consent_changes
  FOR EACH ROW EXECUTE FUNCTION consent_changes_stand();

INSERT INTO consent_changes (workspace_id, id, contact_id, channel, purpose, state, source, wording, undoable, actor_kind, actor_name, at)
SELECT workspace_id, gen_random_uuid(), contact_id, channel, purpose, state, source, wording, source <> 'message', 'system', 'Carillon', at
FROM consents;

-- "May want to stop: please decide", with the person's words; both null where nobody is asked
ALTER TABLE conversations ADD COLUMN opt_out_asked_at timestamptz;
ALTER TABLE conversations ADD COLUMN opt_out_wording text;
CREATE INDEX conversations_opt_out_asked ON conversations (workspace_id, opt_out_asked_at) WHERE opt_out_asked_at IS NOT NULL;
