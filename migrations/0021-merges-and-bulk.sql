-- Two contacts that are one person: the merge, what it moved, and what undoing it needs.

-- One row per merge. `contact_id` is who holds the person now and follows further merges, so that everything about a merge
-- goes with the person; undoing is for who it was merged into (`survivor_id`).
CREATE TABLE contact_merges (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  absorbed_id uuid NOT NULL,
  -- what the other was called, for people
  absorbed_name text NOT NULL,
  -- the external id that did not stay: what a shop sends under it is this person's still
  external_id text,
  -- values of the two that are not the contact's any more, by field; kept so that nothing is lost
  set_aside jsonb NOT NULL,
  -- both as they were (contacts/merge/snapshot.ts); null once it cannot be undone any more
  snapshot jsonb,
  actor_kind text NOT NULL,
  actor_name text NOT NULL,
  at timestamptz NOT NULL,
  undoable_until timestamptz NOT NULL,
  undone_at timestamptz,
  undone_by text,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_merges_by_contact ON contact_merges (workspace_id, contact_id, at);
CREATE UNIQUE INDEX contact_merges_absorbed ON contact_merges (workspace_id, absorbed_id) WHERE undone_at IS NULL;
CREATE UNIQUE INDEX contact_merges_external_id ON contact_merges (workspace_id, external_id)
  WHERE external_id IS NOT NULL AND undone_at IS NULL;
CREATE INDEX contact_merges_to_forget ON contact_merges (undoable_until) WHERE snapshot IS NOT NULL;

-- Which rows came over: by table, so that undoing gives back exactly these.
CREATE TABLE contact_merge_rows (
  workspace_id uuid NOT NULL,
  merge_id uuid NOT NULL,
  table_name text NOT NULL,
  ids uuid[] NOT NULL,
  PRIMARY KEY (workspace_id, merge_id, table_name),
  FOREIGN KEY (workspace_id, merge_id) REFERENCES contact_merges (workspace_id, id) ON DELETE CASCADE
);

-- A second address of one person on one connection, after a merge. Whoever writes from it makes it the first.
CREATE TABLE spare_identities (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  username text,
  reachable boolean NOT NULL,
  unreachable_reason text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, connection_id, address),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX spare_identities_by_contact ON spare_identities (workspace_id, contact_id);

-- Where a message came from, of people who have several addresses on its connection; else null.
ALTER TABLE messages ADD COLUMN address text;

-- The row of the same person in the same run that counts, after a merge of two who both had one: this one is never sent.
ALTER TABLE deliveries ADD COLUMN twin_of uuid;

-- What somebody said never changes. Whose it is does, where two contacts turn out to be one person.
CREATE OR REPLACE FUNCTION consent_changes_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'contact_id' IS DISTINCT FROM to_jsonb(OLD) - 'contact_id' THEN
    RAISE EXCEPTION 'consent_changes is append-only';
  END IF;
  RETURN NEW;
END $$;

-- Whom a piece of long work is about, written down when it begins: who comes later is not meant, and nobody is done twice.
CREATE TABLE work_people (
  workspace_id uuid NOT NULL,
  work_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, work_id, contact_id)
);

-- One deed on many people. Its work has the same id.
CREATE TABLE bulk_actions (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  -- { "do": "add_tags", "tags": [ … ] } …
  action jsonb NOT NULL,
  -- { "contact_ids": [ … ] } or { "filter": { … }, "except": [ … ] }; null once the work is over
  chosen jsonb,
  expected bigint NOT NULL,
  changed bigint NOT NULL DEFAULT 0,
  -- it was so already
  unchanged bigint NOT NULL DEFAULT 0,
  -- erased or otherwise gone meanwhile
  gone bigint NOT NULL DEFAULT 0,
  -- a limit forbade it
  refused bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Contacts as a file. Its work has the same id; the file is parts in the storage, in order.
CREATE TABLE exports (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  -- null: everybody
  filter jsonb,
  -- as asked for; null: all
  columns text[],
  parts uuid[] NOT NULL DEFAULT '{}',
  size_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  -- null: the file is gone
  file_until timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX exports_by_file_until ON exports (file_until) WHERE file_until IS NOT NULL;
