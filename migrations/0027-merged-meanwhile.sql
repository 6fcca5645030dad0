-- Whom a bulk action did not erase because they were merged, while it ran, into somebody who was not chosen.
ALTER TABLE bulk_actions ADD COLUMN merged bigint NOT NULL DEFAULT 0;
