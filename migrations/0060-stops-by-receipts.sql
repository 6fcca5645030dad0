-- A failure that says more than of its own message: nothing of the campaign goes through until a person looks (a paused template, a spam limit).
ALTER TABLE inbound_receipts ADD COLUMN stops boolean NOT NULL DEFAULT false;
