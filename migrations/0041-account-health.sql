-- What a platform says of an account, and when it last delivered something to us (WhatsApp).
ALTER TABLE connections
  -- the business account that the number belongs to (waba_id); news about it come to one address for all its numbers
  ADD COLUMN parent_account_id text,
  -- as contract/connections.ts has it, without the time; null: never asked, or the platform tells nothing of it
  ADD COLUMN health jsonb,
  ADD COLUMN health_at timestamptz,
  -- messages per second that the platform grants this very account; null: what its adapter declares
  ADD COLUMN platform_rate real CHECK (platform_rate > 0),
  -- written once a minute at most
  ADD COLUMN webhook_at timestamptz,
  -- the last delivery whose signature did not fit, likewise
  ADD COLUMN webhook_refused_at timestamptz;
CREATE INDEX connections_by_parent ON connections (channel, parent_account_id) WHERE deleted_at IS NULL AND parent_account_id IS NOT NULL;
