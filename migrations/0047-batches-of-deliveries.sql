-- Which batch of its run a message went out in ("list 1: 1-256"), written at the claim; NULL: not sent in batches, or not yet.
ALTER TABLE deliveries ADD COLUMN batch integer;
-- a batch of a run with its states, without reading the rows of a million others
CREATE INDEX deliveries_batch ON deliveries (run_id, batch, state) WHERE batch IS NOT NULL;
