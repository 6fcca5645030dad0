-- Lists as people look at them again and again. `user_id`: whose own it is; null: everybody's.
CREATE TABLE saved_views (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  screen text NOT NULL CHECK (screen IN ('campaigns', 'contacts')),
  name text NOT NULL,
  query jsonb NOT NULL,
  user_id uuid,
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, user_id) REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (workspace_id, screen, user_id, lower(name)) NULLS NOT DISTINCT;
-- the calendar reads a month of them
CREATE INDEX runs_by_time ON runs (workspace_id, created_at);
