-- The number of a try goes out with the message (WhatsApp: biz_opaque_callback_data), and what is told of an early try may come
-- days later: `attempts` only goes up. Tries that are not held against the message, those before a person pressed retry and
-- those that failed because of the connection, are counted here; the budget of tries is the difference.
ALTER TABLE deliveries ADD COLUMN uncounted smallint NOT NULL DEFAULT 0;

-- Unknown replies and tests are settled by the platform's silence too; they are few.
CREATE INDEX deliveries_unknown_direct ON deliveries (connection_id, claimed_at) WHERE state = 'unknown' AND run_id IS NULL;

-- What was charged was never shown, and no platform that tells of its messages says that a person is gone.
ALTER TABLE deliveries DROP COLUMN charged;
ALTER TABLE inbound_receipts DROP COLUMN charged;
ALTER TABLE inbound_receipts DROP COLUMN gone;
