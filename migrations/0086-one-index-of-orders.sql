-- The same index twice: every order that an import writes paid for both.
DROP INDEX orders_by_contact_and_time;
