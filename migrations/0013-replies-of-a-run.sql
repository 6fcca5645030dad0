-- The report counts who replied: without this it reads the whole run for it.
CREATE INDEX deliveries_replied ON deliveries (run_id) WHERE replied_at IS NOT NULL;
