-- A file that a person sent, which a job fetches while the platform keeps it (Cloud API, media: ids of webhooks live 7
-- days, 2026-11-20). Its bytes lie in storage under the message's id. It goes with its message.
CREATE TABLE message_files (
  workspace_id uuid NOT NULL,
  message_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('image', 'video', 'audio', 'document', 'sticker')),
  -- what the platform calls it
  handle text NOT NULL,
  voice boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'stored', 'failed')),
  -- why it is not there, in words
  problem text,
  tries integer NOT NULL DEFAULT 0,
  -- of one that waits: when it is asked for again
  due_at timestamptz,
  mime text,
  file_name text,
  size_bytes bigint,
  width integer,
  height integer,
  sha256 bytea,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, message_id),
  FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX message_files_waiting ON message_files (due_at) WHERE state = 'waiting';

-- The platform's id of the newest message that the person was told is read: they are told once.
ALTER TABLE conversations ADD COLUMN read_told text;
