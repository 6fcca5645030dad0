-- Long work that survives its process: imports, bulk actions, exports. How far it is, who works on it, and since when.
CREATE TABLE works (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('import', 'bulk_action', 'export')),
  status text NOT NULL CHECK (status IN ('queued', 'running', 'finished', 'failed', 'cancelled')),
  processed bigint NOT NULL DEFAULT 0,
  total bigint,
  -- how far it got, in its own words; written with each batch in one transaction
  mark jsonb,
  problem text,
  -- on whose behalf
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  -- whoever holds it works on it; silent for some seconds, it is anybody's
  claim uuid,
  beaten_at timestamptz,
  -- claims in a row that did not finish one batch
  fruitless smallint NOT NULL DEFAULT 0,
  -- the pace: since this claim began, and what was done before it
  pace_from timestamptz,
  pace_base bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX works_open ON works (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX works_by_kind ON works (workspace_id, kind, created_at, id);

-- A table that somebody uploaded, what it shall become, and what became of it. Its work has the same id, once it was started.
CREATE TABLE imports (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  file_name text NOT NULL,
  size_bytes bigint NOT NULL,
  -- what the file is, its columns and first rows (contract/imports.ts)
  form jsonb NOT NULL,
  -- what a person decided
  settings jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  skipped integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  remarked integer NOT NULL DEFAULT 0,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  -- null: the file and the rows in the report are gone
  file_until timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX imports_by_created_at ON imports (workspace_id, created_at, id);
CREATE INDEX imports_by_file_until ON imports (file_until) WHERE file_until IS NOT NULL;

-- Rows that were rejected, or taken with a remark. The rows themselves go with the file.
CREATE TABLE import_rows (
  workspace_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('rejected', 'remarked')),
  -- [{ "column", "reason" }]
  remarks jsonb NOT NULL,
  cells text[] NOT NULL,
  PRIMARY KEY (workspace_id, import_id, line),
  FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, id) ON DELETE CASCADE
);
