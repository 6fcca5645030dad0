-- The report counts who replied, and the log lists who was sent the message while most still wait: without these both read
-- the whole run for it.
CREATE INDEX deliveries_replied ON deliveries (run_id) WHERE replied_at IS NOT NULL;
CREATE INDEX deliveries_sent ON deliveries (run_id, id) WHERE state IN ('sent', 'delivered', 'read');
