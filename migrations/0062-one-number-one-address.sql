-- A number of Brazil or Mexico has two spellings on WhatsApp, and one address all the same: two that are made at the same instant
-- pass each other's looks, so an index decides. It is over the canonical form itself, and over these numbers only: every other
-- address costs nothing, and a row that a merge puts back needs no column filled in.

-- The one form that both spellings have: without Brazil's ninth digit, without Mexico's 1.
CREATE FUNCTION whatsapp_number(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN address ~ '^55[1-9][0-9]9[6-9][0-9]{7}$' THEN left(address, 4) || substr(address, 6)
    WHEN address ~ '^521[0-9]{10}$' THEN '52' || substr(address, 4)
    ELSE address END
$$;

-- Doubles that are there: of each number one address stays, of whoever wrote; else of whom we reached; else the older one. The
-- others go, as if they had come second: their people stay, without an address, and the audience says who has their number. A
-- STOP said under the one that goes holds for the one that stays.
SELECT set_config('carillon.addresses', 'kept', true);
CREATE TEMPORARY TABLE doubles ON COMMIT DROP AS
  SELECT i.workspace_id, i.id, i.contact_id,
    first_value(i.id) OVER best AS stays, first_value(i.contact_id) OVER best AS keeper
  FROM identities i
  WHERE i.channel = 'whatsapp' AND whatsapp_alias(i.address) IS NOT NULL AND EXISTS (SELECT FROM identities o
    WHERE o.workspace_id = i.workspace_id AND o.connection_id = i.connection_id AND o.address = whatsapp_alias(i.address))
  WINDOW best AS (PARTITION BY i.workspace_id, i.connection_id, whatsapp_number(i.address) ORDER BY
    (SELECT v.last_inbound_at FROM conversations v WHERE v.workspace_id = i.workspace_id AND v.contact_id = i.contact_id
      AND v.connection_id = i.connection_id) DESC NULLS LAST,
    EXISTS (SELECT FROM deliveries d WHERE d.workspace_id = i.workspace_id AND d.contact_id = i.contact_id
      AND d.connection_id = i.connection_id AND d.state IN ('sent', 'delivered', 'read')) DESC,
    i.created_at, i.id);
WITH noes AS (
  SELECT DISTINCT ON (d.workspace_id, d.keeper) d.keeper, c.* FROM doubles d
  JOIN consents c ON c.workspace_id = d.workspace_id AND c.contact_id = d.contact_id AND c.channel = 'whatsapp'
  WHERE d.id <> d.stays AND d.contact_id <> d.keeper AND c.state = 'opted_out'
  ORDER BY d.workspace_id, d.keeper, c.at
), taken AS (
  INSERT INTO consents (workspace_id, contact_id, channel, purpose, state, source, wording, at)
  SELECT workspace_id, keeper, channel, purpose, state, 'number', wording, at FROM noes
  ON CONFLICT (workspace_id, contact_id, channel, purpose) DO UPDATE
    SET state = excluded.state, source = excluded.source, wording = excluded.wording, at = excluded.at, repeated_at = NULL
    WHERE consents.state <> 'opted_out'
  RETURNING *
)
INSERT INTO consent_changes (workspace_id, id, contact_id, channel, purpose, state, source, wording, undoable, actor_kind, actor_name, at)
SELECT workspace_id, new_id(), contact_id, channel, purpose, state, source, wording, false, 'system', 'Carillon', at FROM taken;
DELETE FROM identities i USING doubles d WHERE i.workspace_id = d.workspace_id AND i.id = d.id AND d.id <> d.stays;
SELECT set_config('carillon.addresses', '', true);

CREATE UNIQUE INDEX identities_one_per_number ON identities (workspace_id, connection_id, whatsapp_number(address))
  WHERE channel = 'whatsapp' AND whatsapp_alias(address) IS NOT NULL;

-- As in 0058; the other spelling is refused by the index. (SELECT workspace): what the statistics say of this one workspace is not
-- asked. They know nothing of a new one, take it for empty, and any index that begins with the workspace would seem as good as the
-- right one: 20,000 people in batches of 1,000 took 41 s instead of 1.3.
CREATE OR REPLACE FUNCTION give_phone_addresses(workspace uuid, people uuid[], connection uuid DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
  SELECT workspace, new_id(), p.id, n.id, n.channel, p.address, p.phone_country, coalesce(at, p.updated_at)
  FROM (SELECT c.id, c.phone_country, c.updated_at, substr(c.phone, 2) AS address, whatsapp_alias(substr(c.phone, 2)) AS alias
    FROM contacts c WHERE c.workspace_id = (SELECT workspace) AND c.id = ANY(people) AND c.phone_check IN ('valid', 'unassigned') OFFSET 0) p
  CROSS JOIN (SELECT n.id, n.channel FROM connections n WHERE n.workspace_id = workspace AND n.channel = 'whatsapp'
    AND n.deleted_at IS NULL AND (connection IS NULL OR n.id = connection) OFFSET 0) n
  WHERE NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = (SELECT workspace) AND i.contact_id = p.id
      AND (i.connection_id = n.id) IS TRUE OFFSET 0)
    AND NOT EXISTS (SELECT FROM spare_identities s WHERE s.workspace_id = (SELECT workspace) AND s.connection_id = n.id
      AND s.address = ANY(ARRAY[p.address, p.alias]) OFFSET 0)
  -- in one order, so that two who write the same numbers wait for each other and not in a ring
  ORDER BY whatsapp_number(p.address), n.id, p.id
  ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION give_freed_address() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  others uuid[];
BEGIN
  IF current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  others := ARRAY(SELECT c.id FROM contacts c WHERE c.workspace_id = (SELECT old.workspace_id) AND c.id <> old.contact_id
    AND c.phone = ANY(ARRAY['+' || old.address, '+' || whatsapp_alias(old.address)]));
  IF others <> '{}' THEN PERFORM give_phone_addresses(old.workspace_id, others, old.connection_id); END IF;
  RETURN NULL;
END $$;
