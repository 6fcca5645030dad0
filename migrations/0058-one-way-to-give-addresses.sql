-- Addresses by phone number are given in one way, whoever asks: new people, corrected numbers, an address that became free, a new
-- number that finds everybody (contacts/reach-by-phone.ts).

-- Gives `people` an address on `connection`, NULL: on every WhatsApp number. Whoever has one there keeps it, and an address that
-- somebody has, in either spelling, is theirs; of two who come in one statement with one number the elder has it.
-- `at` NULL: since they were written last. OFFSET 0: one look into the index per row, whatever the planner believes; IS TRUE:
-- into that of the person, as the addresses of a whole connection are what a planner without statistics may read instead.
CREATE FUNCTION give_phone_addresses(workspace uuid, people uuid[], connection uuid DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
  SELECT DISTINCT ON (least(p.address, p.alias), n.id)
    workspace, new_id(), p.id, n.id, n.channel, p.address, p.phone_country, coalesce(at, p.updated_at)
  FROM (SELECT c.id, c.phone_country, c.updated_at, substr(c.phone, 2) AS address, whatsapp_alias(substr(c.phone, 2)) AS alias
    FROM contacts c WHERE c.workspace_id = workspace AND c.id = ANY(people) AND c.phone_check IN ('valid', 'unassigned') OFFSET 0) p
  CROSS JOIN (SELECT n.id, n.channel FROM connections n WHERE n.workspace_id = workspace AND n.channel = 'whatsapp'
    AND n.deleted_at IS NULL AND (connection IS NULL OR n.id = connection) OFFSET 0) n
  WHERE NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = workspace AND i.contact_id = p.id
      AND (i.connection_id = n.id) IS TRUE OFFSET 0)
    AND (p.alias IS NULL OR NOT EXISTS (SELECT FROM identities i WHERE i.workspace_id = workspace AND i.connection_id = n.id
      AND i.address = p.alias OFFSET 0))
    AND NOT EXISTS (SELECT FROM spare_identities s WHERE s.workspace_id = workspace AND s.connection_id = n.id
      AND s.address = ANY(ARRAY[p.address, p.alias]) OFFSET 0)
  ORDER BY least(p.address, p.alias), n.id, p.id
  ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION reach_new_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM connections WHERE channel = 'whatsapp' AND deleted_at IS NULL)
    OR current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  PERFORM give_phone_addresses(a.workspace_id, array_agg(a.id)) FROM added a
  WHERE a.phone_check IN ('valid', 'unassigned') GROUP BY a.workspace_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reach_changed_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM connections WHERE channel = 'whatsapp' AND deleted_at IS NULL)
    OR current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  PERFORM give_phone_addresses(a.workspace_id, array_agg(a.id)) FROM changed a
  JOIN before b ON b.workspace_id = a.workspace_id AND b.id = a.id
  WHERE coalesce(b.phone_check, 'impossible') = 'impossible' AND a.phone_check IN ('valid', 'unassigned')
  GROUP BY a.workspace_id;
  PERFORM move_phone_address(a.workspace_id, a.id, substr(b.phone, 2),
    CASE WHEN a.phone_check IN ('valid', 'unassigned') THEN substr(a.phone, 2) END, a.phone_country, a.updated_at)
  FROM changed a JOIN before b ON b.workspace_id = a.workspace_id AND b.id = a.id
  WHERE b.phone_check IN ('valid', 'unassigned') AND (a.phone, a.phone_check) IS DISTINCT FROM (b.phone, b.phone_check);
  RETURN NULL;
END $$;

-- Whoever has the number in the other spelling is next in line as well.
CREATE OR REPLACE FUNCTION give_freed_address() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  others uuid[];
BEGIN
  IF current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  others := ARRAY(SELECT c.id FROM contacts c WHERE c.workspace_id = old.workspace_id AND c.id <> old.contact_id
    AND c.phone = ANY(ARRAY['+' || old.address, '+' || whatsapp_alias(old.address)]));
  IF others <> '{}' THEN PERFORM give_phone_addresses(old.workspace_id, others, old.connection_id); END IF;
  RETURN NULL;
END $$;

-- Of several templates with one name and language the newest that is not deleted is meant, as whatsapp-templates/store.ts rowNamed
-- has it.
CREATE OR REPLACE FUNCTION sells_by_template(workspace uuid, connection uuid, content jsonb, settings jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT content #> '{whatsapp,template}' AS named
      UNION ALL SELECT v #> '{content,whatsapp,template}' FROM jsonb_path_query(settings, '$.ab.variants[*]') v
    ) said
    WHERE 'MARKETING' = (
      SELECT t.category FROM whatsapp_templates t
      WHERE t.workspace_id = workspace AND t.connection_id = connection
        AND t.name = said.named ->> 'name' AND t.language = said.named ->> 'language'
      ORDER BY t.status = 'DELETED', t.created_at DESC LIMIT 1))
$$;

DROP TRIGGER whatsapp_templates_category ON whatsapp_templates;
CREATE TRIGGER whatsapp_templates_category AFTER UPDATE OF category, status ON whatsapp_templates FOR EACH ROW
  WHEN (old.category <> new.category OR (old.status = 'DELETED') <> (new.status = 'DELETED')) EXECUTE FUNCTION judge_runs_of_template();
CREATE TRIGGER whatsapp_templates_new AFTER INSERT ON whatsapp_templates FOR EACH ROW EXECUTE FUNCTION judge_runs_of_template();

-- Runs that were judged by a template that is deleted.
UPDATE runs r SET marketing_template = sells_by_template(r.workspace_id, r.connection_id, r.content, r.settings)
WHERE r.status IN ('active', 'paused') AND r.content #> '{whatsapp,template}' IS NOT NULL
  AND r.marketing_template <> sells_by_template(r.workspace_id, r.connection_id, r.content, r.settings);
