-- The contact list of a million people, in every order and from both ends: server/contacts/sorts.ts asks by the same expressions.

-- By name as people look for it: whatever its case, É beside E. Whoever has no name is not in it, and comes last.
CREATE INDEX contacts_by_name ON contacts (workspace_id,
  left(translate(lower(normalize(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), NFD)), U&'\0300\0301\0302\0303\0304\0306\0307\0308\030A\030B\030C\0323\0327\0328', ''), 100), id)
  WHERE coalesce(first_name, '') <> '' OR coalesce(last_name, '') <> '';

-- How frequent a piece of text is decides the way to find it; the planner's guess of it is as fine as its sample.
ALTER INDEX contacts_by_text ALTER COLUMN 1 SET STATISTICS 400;
ALTER INDEX identities_by_text ALTER COLUMN 1 SET STATISTICS 400;

CREATE INDEX contacts_nameless ON contacts (workspace_id, created_at, id)
  WHERE NOT (coalesce(first_name, '') <> '' OR coalesce(last_name, '') <> '');

-- Who was seen when, and who bought for how much, in order. Beside the contacts, for an index of theirs would turn every message
-- and every order into a new version of the whole person, with an entry in each of ten indexes.
CREATE TABLE contact_ranks (
  workspace_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  last_seen_at timestamptz,
  -- null: no orders
  orders_value numeric(14, 2),
  PRIMARY KEY (workspace_id, contact_id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_ranks_by_last_seen_at ON contact_ranks (workspace_id, last_seen_at, contact_id) WHERE last_seen_at IS NOT NULL;
CREATE INDEX contact_ranks_by_orders_value ON contact_ranks (workspace_id, orders_value, contact_id) WHERE orders_value IS NOT NULL;

CREATE FUNCTION rank_new_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO contact_ranks (workspace_id, contact_id, last_seen_at, orders_value)
  SELECT workspace_id, id, last_seen_at, CASE WHEN orders_count > 0 THEN orders_value END
  FROM added WHERE last_seen_at IS NOT NULL OR orders_count > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION rank_changed_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO contact_ranks (workspace_id, contact_id, last_seen_at, orders_value)
  SELECT n.workspace_id, n.id, n.last_seen_at, CASE WHEN n.orders_count > 0 THEN n.orders_value END
  FROM changed n JOIN before b ON b.workspace_id = n.workspace_id AND b.id = n.id
  WHERE n.last_seen_at IS DISTINCT FROM b.last_seen_at OR n.orders_count <> b.orders_count OR n.orders_value <> b.orders_value
  ORDER BY n.id
  ON CONFLICT (workspace_id, contact_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, orders_value = excluded.orders_value;
  RETURN NULL;
END $$;
CREATE TRIGGER contacts_rank_new AFTER INSERT ON contacts
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rank_new_contacts();
CREATE TRIGGER contacts_rank_changed AFTER UPDATE ON contacts
  REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION rank_changed_contacts();
INSERT INTO contact_ranks (workspace_id, contact_id, last_seen_at, orders_value)
SELECT workspace_id, id, last_seen_at, CASE WHEN orders_count > 0 THEN orders_value END
FROM contacts WHERE last_seen_at IS NOT NULL OR orders_count > 0;
