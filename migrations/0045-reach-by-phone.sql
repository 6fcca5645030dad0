-- On WhatsApp a person is known by their phone number: who has one that can be one has an address on every number that the
-- workspace sends from. Written by the database, so that no way of writing contacts can forget it.

-- What the numbering plans say (contacts/phone.ts). NULL: there is no phone, or it was written before this was asked.
-- phone_country: two letters; NULL as well where the number is of no one country.
ALTER TABLE contacts
  ADD COLUMN phone_check text CHECK (phone_check IN ('valid', 'unassigned', 'impossible')),
  ADD COLUMN phone_country text;
CREATE INDEX contacts_by_phone ON contacts (workspace_id, phone) WHERE phone IS NOT NULL;

-- Whose prices and rules hold for an address: the country of its number, or of its business-scoped id.
ALTER TABLE identities ADD COLUMN country text;
ALTER TABLE spare_identities ADD COLUMN country text;

-- How far a new WhatsApp number is with the people who were there before it; people_total NULL: through, or nothing was to be done.
ALTER TABLE connections
  ADD COLUMN people_after uuid,
  ADD COLUMN people_done integer NOT NULL DEFAULT 0,
  ADD COLUMN people_total integer;

-- The other digits under which WhatsApp may know a number: Brazilian mobiles with and without the ninth digit, Mexican ones
-- with and without the 1 (Cloud API, "wa_id may differ from input", 2026-11-20). NULL: there are none.
CREATE FUNCTION whatsapp_alias(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN address ~ '^55[1-9][0-9]9[6-9][0-9]{7}$' THEN left(address, 4) || substr(address, 6)
    WHEN address ~ '^55[1-9][0-9][6-9][0-9]{7}$' THEN left(address, 4) || '9' || substr(address, 5)
    WHEN address ~ '^521[0-9]{10}$' THEN '52' || substr(address, 4)
    WHEN address ~ '^52[0-9]{10}$' THEN '521' || substr(address, 3) END
$$;

-- Of two with one number the first keeps it. OFFSET 0: one look into the index per row, whatever the planner believes.
CREATE FUNCTION reach_new_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM connections WHERE channel = 'whatsapp' AND deleted_at IS NULL)
    OR current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
  SELECT n.workspace_id, new_id(), a.id, n.id, n.channel, substr(a.phone, 2), a.phone_country, a.created_at
  FROM connections n JOIN added a ON a.workspace_id = n.workspace_id
  WHERE n.channel = 'whatsapp' AND n.deleted_at IS NULL AND a.phone_check IN ('valid', 'unassigned')
    AND NOT EXISTS (SELECT FROM spare_identities s WHERE s.workspace_id = n.workspace_id AND s.connection_id = n.id
      AND s.address = substr(a.phone, 2) OFFSET 0)
    AND NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = n.workspace_id AND i.connection_id = n.id
      AND i.address = whatsapp_alias(substr(a.phone, 2)) OFFSET 0)
  ORDER BY substr(a.phone, 2), n.id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER contacts_reach_new AFTER INSERT ON contacts REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION reach_new_contacts_by_phone();

-- A corrected number takes the address along. Where the person has written from the old one, that stays theirs, beside the new.
CREATE FUNCTION move_phone_address(workspace uuid, contact uuid, old_address text, wanted text, its_country text, at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  number record;
  had identities;
  beside spare_identities;
  stays boolean;
  is_taken boolean;
BEGIN
  FOR number IN SELECT n.id, n.channel FROM connections n
    WHERE n.workspace_id = workspace AND n.channel = 'whatsapp' AND n.deleted_at IS NULL ORDER BY n.id
  LOOP
    SELECT * INTO had FROM identities i
    WHERE i.workspace_id = workspace AND i.contact_id = contact AND i.connection_id = number.id FOR UPDATE;
    -- an address that never was the phone's is left alone, and a number in its other spelling is the same
    CONTINUE WHEN had.address NOT IN (old_address, coalesce(whatsapp_alias(old_address), ''));
    CONTINUE WHEN had.address IN (wanted, whatsapp_alias(wanted));
    SELECT * INTO beside FROM spare_identities s
    WHERE s.workspace_id = workspace AND s.connection_id = number.id AND s.address IN (wanted, whatsapp_alias(wanted)) LIMIT 1;
    is_taken := coalesce(beside.contact_id <> contact, false) OR EXISTS (SELECT FROM identities i
      WHERE i.workspace_id = workspace AND i.connection_id = number.id AND i.address IN (wanted, whatsapp_alias(wanted)));
    -- of people who wrote from it or have had both, as after a merge
    stays := beside.id IS NOT NULL OR EXISTS (SELECT FROM conversations v
      WHERE v.workspace_id = workspace AND v.contact_id = contact AND v.connection_id = number.id);
    -- without another address, who wrote stays where they wrote from
    CONTINUE WHEN stays AND (wanted IS NULL OR is_taken);
    IF stays AND had.id IS NOT NULL THEN
      INSERT INTO spare_identities (workspace_id, id, contact_id, connection_id, channel, address, username, reachable,
        unreachable_reason, created_at, country)
      VALUES (had.workspace_id, had.id, had.contact_id, had.connection_id, had.channel, had.address, had.username, had.reachable,
        had.unreachable_reason, had.created_at, had.country);
    END IF;
    DELETE FROM identities i WHERE i.workspace_id = workspace AND i.id = had.id;
    CONTINUE WHEN wanted IS NULL OR is_taken;
    DELETE FROM spare_identities s WHERE s.workspace_id = workspace AND s.id = beside.id;
    INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, username, reachable, unreachable_reason,
      created_at, country)
    VALUES (workspace, coalesce(beside.id, new_id()), contact, number.id, number.channel, coalesce(beside.address, wanted),
      beside.username, coalesce(beside.reachable, true), beside.unreachable_reason, coalesce(beside.created_at, at), its_country)
    ON CONFLICT DO NOTHING;
  END LOOP;
END $$;

CREATE FUNCTION reach_changed_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM connections WHERE channel = 'whatsapp' AND deleted_at IS NULL)
    OR current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
  SELECT n.workspace_id, new_id(), a.id, n.id, n.channel, substr(a.phone, 2), a.phone_country, a.updated_at
  FROM changed a JOIN before b ON b.workspace_id = a.workspace_id AND b.id = a.id JOIN connections n ON n.workspace_id = a.workspace_id
  WHERE coalesce(b.phone_check, 'impossible') = 'impossible' AND a.phone_check IN ('valid', 'unassigned')
    AND n.channel = 'whatsapp' AND n.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM spare_identities s WHERE s.workspace_id = n.workspace_id AND s.connection_id = n.id
      AND s.address = substr(a.phone, 2) OFFSET 0)
    AND NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = n.workspace_id AND i.connection_id = n.id
      AND i.address = whatsapp_alias(substr(a.phone, 2)) OFFSET 0)
  ORDER BY substr(a.phone, 2), n.id
  ON CONFLICT DO NOTHING;
  PERFORM move_phone_address(a.workspace_id, a.id, substr(b.phone, 2),
    CASE WHEN a.phone_check IN ('valid', 'unassigned') THEN substr(a.phone, 2) END, a.phone_country, a.updated_at)
  FROM changed a JOIN before b ON b.workspace_id = a.workspace_id AND b.id = a.id
  WHERE b.phone_check IN ('valid', 'unassigned') AND (a.phone, a.phone_check) IS DISTINCT FROM (b.phone, b.phone_check);
  RETURN NULL;
END $$;
CREATE TRIGGER contacts_reach_changed AFTER UPDATE ON contacts REFERENCING OLD TABLE AS before NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION reach_changed_contacts_by_phone();

-- An address that became free is the next one's who has that number.
CREATE FUNCTION give_freed_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
  SELECT c.workspace_id, new_id(), c.id, n.id, n.channel, old.address, c.phone_country, c.updated_at
  FROM connections n JOIN contacts c ON c.workspace_id = n.workspace_id
  WHERE n.workspace_id = old.workspace_id AND n.id = old.connection_id AND n.deleted_at IS NULL
    AND c.phone = '+' || old.address AND c.phone_check IN ('valid', 'unassigned') AND c.id <> old.contact_id
    AND NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.connection_id = n.id)
    AND NOT EXISTS (SELECT FROM spare_identities s WHERE s.workspace_id = n.workspace_id AND s.connection_id = n.id
      AND s.address = old.address)
  ORDER BY c.id LIMIT 1
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER identities_freed AFTER DELETE ON identities FOR EACH ROW WHEN (old.channel = 'whatsapp')
  EXECUTE FUNCTION give_freed_address();
