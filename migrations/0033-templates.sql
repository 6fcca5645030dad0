-- Templates of a workspace with all their versions, and which campaign was made from which.
CREATE TABLE message_templates (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  -- of the latest version, for the list
  name text NOT NULL,
  category text NOT NULL CHECK (category IN ('promotional', 'engagement', 'transactional', 'own')),
  version integer NOT NULL DEFAULT 1,
  archived boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX message_templates_by_time ON message_templates (workspace_id, created_at DESC, id DESC);

-- Append-only: going back to a version writes it anew.
CREATE TABLE message_template_versions (
  workspace_id uuid NOT NULL,
  template_id uuid NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  category text NOT NULL,
  type text NOT NULL,
  content jsonb NOT NULL,
  variables jsonb NOT NULL,
  made_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, template_id, version),
  FOREIGN KEY (workspace_id, template_id) REFERENCES message_templates (workspace_id, id) ON DELETE CASCADE
);

-- What it says stays with the campaign; this only tells where it came from.
ALTER TABLE campaigns
  ADD COLUMN template_id uuid,
  ADD CONSTRAINT campaigns_template_fkey FOREIGN KEY (workspace_id, template_id)
    REFERENCES message_templates (workspace_id, id) ON DELETE SET NULL (template_id);
CREATE INDEX campaigns_by_template ON campaigns (workspace_id, template_id) WHERE template_id IS NOT NULL;
