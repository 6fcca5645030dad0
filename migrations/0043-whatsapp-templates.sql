-- Templates that WhatsApp approves, as it last told them; one row per connection that can send it, though several numbers may
-- share an account. `told_at`: the platform's time of the newest news, so that late news changes nothing.
CREATE TABLE whatsapp_templates (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL UNIQUE,
  connection_id uuid NOT NULL,
  external_id text NOT NULL,
  name text NOT NULL,
  language text NOT NULL,
  category text NOT NULL,
  previous_category text,
  status text NOT NULL,
  quality text NOT NULL DEFAULT 'UNKNOWN',
  parameter_format text NOT NULL DEFAULT 'POSITIONAL' CHECK (parameter_format IN ('POSITIONAL', 'NAMED')),
  components jsonb NOT NULL,
  -- whether we know how to send what it is made of
  buildable boolean NOT NULL,
  reason text,
  -- our file that was handed in as the sample of its header
  sample_media_id uuid,
  told_at timestamptz,
  synced_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, connection_id, external_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, sample_media_id) REFERENCES media (workspace_id, id) ON DELETE SET NULL (sample_media_id)
);
CREATE INDEX whatsapp_templates_by_name ON whatsapp_templates (workspace_id, connection_id, name, language);
CREATE INDEX whatsapp_templates_in_order ON whatsapp_templates (workspace_id, name, id);

-- Append-only: what became of each.
CREATE TABLE whatsapp_template_changes (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  template_id uuid NOT NULL,
  at timestamptz NOT NULL,
  what text NOT NULL CHECK (what IN ('found', 'submitted', 'edited', 'status', 'quality', 'category', 'content')),
  was text,
  is_now text,
  reason text,
  by_name text NOT NULL,
  PRIMARY KEY (workspace_id, template_id, id),
  FOREIGN KEY (workspace_id, template_id) REFERENCES whatsapp_templates (workspace_id, id) ON DELETE CASCADE
);

-- When each connection's templates were last read from WhatsApp, and why not.
CREATE TABLE whatsapp_template_syncs (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  tried_at timestamptz NOT NULL,
  synced_at timestamptz,
  problem text,
  PRIMARY KEY (workspace_id, connection_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);

-- Who sends a template: campaigns that have one, and runs under way.
CREATE INDEX campaigns_by_whatsapp_template ON campaigns (workspace_id, connection_id, (content #>> '{whatsapp,template,name}'))
  WHERE content #>> '{whatsapp,template,name}' IS NOT NULL;
