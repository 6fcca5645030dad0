-- Every move of a row through the ledger writes one entry into each full index of deliveries: five became three, and the
-- thread's message of a delivery has the delivery's own id, which is one index less there.

-- what is asked by contact begins with the contact, and so can the index that keeps anybody from being messaged twice;
-- replies and tests are in it by their own event_key
DROP INDEX deliveries_once;
CREATE UNIQUE INDEX deliveries_once ON deliveries (contact_id, campaign_id, event_key);
DROP INDEX deliveries_by_contact;

UPDATE messages SET id = delivery_id WHERE delivery_id IS NOT NULL;
DROP INDEX messages_one_per_delivery;
