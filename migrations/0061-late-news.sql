-- Platforms deliver in any order and up to a week late: what is told is judged by when it happened.

-- Since when the connection is known to work again; news of a failure before it breaks it no more.
ALTER TABLE connections ADD COLUMN mended_at timestamptz;

-- Moves of addresses as the platform told them, of people we know and of those we do not know yet: of two that come in the
-- wrong order the later one must be known when the earlier one comes. Kept for a month.
CREATE TABLE address_moves (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  from_address text NOT NULL,
  to_address text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, from_address)
);
