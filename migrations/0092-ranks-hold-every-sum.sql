-- Sums of orders as they stand at the contact, all of them: an order beyond 999,999,999,999.99 was refused for the list's sake, and of
-- currencies with three decimals the last one was lost in the order of the list.
ALTER TABLE contact_ranks ALTER COLUMN orders_value TYPE numeric(20, 3);
