-- A thread is one contact on one connection. Campaign messages stand in it; a conversation row, the inbox's entry,
-- exists only once the person has written or an operator has opened it: no empty conversations after a broadcast.
CREATE TABLE conversations (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  channel text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'resolved')),
  unread integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  -- time of the last message of a person or an operator; orders the inbox
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, contact_id, connection_id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX conversations_by_activity ON conversations (workspace_id, updated_at, id);

CREATE TABLE messages (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  -- the outbound message's row in the ledger, which alone knows its state
  delivery_id uuid,
  external_id text,
  -- {text, spans, image, buttons} as sent or received
  body jsonb NOT NULL,
  at timestamptz NOT NULL,
  -- no foreign key to contacts: one check less per message sent; contacts/erase.ts deletes them
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX messages_by_thread ON messages (workspace_id, contact_id, connection_id, at, id);
CREATE UNIQUE INDEX messages_one_per_delivery ON messages (workspace_id, delivery_id) WHERE delivery_id IS NOT NULL;
