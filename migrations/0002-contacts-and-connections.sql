-- People we may message, the accounts we message from, and the addresses that join the two.
CREATE TABLE connections (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  channel text NOT NULL CHECK (channel IN ('telegram', 'whatsapp', 'website')),
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('connected', 'error')),
  problem text,
  -- AES-256-GCM envelope (platform/crypto.ts); never leaves the server
  credentials bytea NOT NULL,
  -- what the platform calls the account, e.g. the bot's numeric id: one account is connected once
  account_id text NOT NULL,
  username text,
  -- the path and header secret of incoming webhooks
  webhook_secret text NOT NULL,
  receives_by text NOT NULL CHECK (receives_by IN ('webhook', 'polling')),
  -- true: the emulator on this machine answers for the platform; only the base URL differs
  sandbox boolean NOT NULL DEFAULT false,
  -- next update to ask for when polling
  poll_offset bigint NOT NULL DEFAULT 0,
  -- when it last moved: after a week of silence the platform numbers anew
  polled_at timestamptz,
  -- what 429s taught; null: the adapter's declared rate
  learned_rate real,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX connections_one_per_account ON connections (channel, sandbox, account_id) WHERE deleted_at IS NULL;

CREATE TABLE contacts (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  external_id text,
  first_name text,
  last_name text,
  email text,
  phone text,
  language text,
  time_zone text,
  attributes jsonb NOT NULL DEFAULT '{}',
  tags text[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX contacts_by_external_id ON contacts (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX contacts_by_created_at ON contacts (workspace_id, created_at, id);

CREATE TABLE identities (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  channel text NOT NULL,
  -- as the platform writes it: a chat id, digits of a phone number
  address text NOT NULL,
  username text,
  reachable boolean NOT NULL DEFAULT true,
  -- why not reachable: blocked, deactivated
  unreachable_reason text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE,
  -- one address per contact and connection; that keeps "nobody twice" a matter of one row
  UNIQUE (workspace_id, contact_id, connection_id),
  UNIQUE (workspace_id, connection_id, address)
);

-- The present state; who changed it and why stands beside it.
CREATE TABLE consents (
  workspace_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  channel text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('marketing')),
  state text NOT NULL CHECK (state IN ('opted_in', 'opted_out')),
  source text NOT NULL,
  wording text,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, channel, purpose),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);

-- What the platform sent us, raw, stored once before anything is done with it (channels/inbound.ts).
CREATE TABLE inbound_updates (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  -- the platform's own number of the update: a repeated delivery finds its row taken
  update_key text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  raw jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  processed_at timestamptz,
  problem text,
  PRIMARY KEY (workspace_id, connection_id, update_key),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX inbound_updates_waiting ON inbound_updates (connection_id, seq) WHERE processed_at IS NULL;
CREATE INDEX inbound_updates_by_age ON inbound_updates (received_at);
