-- What platforms tell of the messages that we sent: stored once before the webhook is answered, gone when it is worked in.
CREATE TABLE inbound_receipts (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  -- the platform's id of the message and the status: what is repeated finds its row taken
  key text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  external_id text NOT NULL,
  -- ours, echoed; null: none of ours
  delivery_id uuid,
  attempt integer,
  status text NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
  at timestamptz NOT NULL,
  -- of failed: as in deliveries
  reason text,
  detail text,
  gone text CHECK (gone IN ('blocked', 'deactivated')),
  charged text,
  received_at timestamptz NOT NULL,
  -- why it could not be worked in; such a row stands aside and holds nobody up
  problem text,
  PRIMARY KEY (connection_id, key)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0);
CREATE UNIQUE INDEX inbound_receipts_in_turn ON inbound_receipts (seq);

-- In which minutes receipts of a connection came in at all: silence proves nothing where everything was silent.
CREATE TABLE receipt_minutes (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  minute timestamptz NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (connection_id, minute)
);

-- Since when platforms reach us without a break: a node that answers webhooks writes it while it lives.
CREATE TABLE webhook_door (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  open_since timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  -- how long it was closed before
  closed_seconds double precision NOT NULL
);

-- what the platform charges a message as, in its own word
ALTER TABLE deliveries ADD COLUMN charged text;
-- rows that were unknown until the platform told
CREATE INDEX deliveries_settled_by_receipt ON deliveries (run_id, id) WHERE reason = 'settled_by_receipt';

ALTER TABLE run_tallies DROP CONSTRAINT run_tallies_what_check;
ALTER TABLE run_tallies ADD CONSTRAINT run_tallies_what_check
  CHECK (what IN ('clicked', 'replied', 'converted', 'settled_by_receipt', 'never_left'));

ALTER TABLE delivery_attempts DROP CONSTRAINT delivery_attempts_outcome_check;
ALTER TABLE delivery_attempts ADD CONSTRAINT delivery_attempts_outcome_check
  CHECK (outcome IN ('accepted', 'accepted_late', 'deferred', 'rejected', 'given_up', 'broken', 'stopped', 'unknown', 'node_lost',
    'not_sent', 'retried', 'resent', 'counted_as_sent', 'settled_by_receipt', 'undelivered', 'never_left'));
