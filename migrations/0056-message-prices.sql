-- What a workspace pays per message, as its people wrote it; without a row the defaults of contract/message-prices.ts hold.
CREATE TABLE message_prices (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  currency text NOT NULL,
  -- market → { marketing, utility, authentication }, decimal text or null
  prices jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  updated_by text NOT NULL
);

-- Of two who come in one statement with one number the elder has it.
CREATE OR REPLACE FUNCTION reach_new_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
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
  ORDER BY substr(a.phone, 2), n.id, a.id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reach_changed_contacts_by_phone() RETURNS trigger LANGUAGE plpgsql AS $$
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
  ORDER BY substr(a.phone, 2), n.id, a.id
  ON CONFLICT DO NOTHING;
  PERFORM move_phone_address(a.workspace_id, a.id, substr(b.phone, 2),
    CASE WHEN a.phone_check IN ('valid', 'unassigned') THEN substr(a.phone, 2) END, a.phone_country, a.updated_at)
  FROM changed a JOIN before b ON b.workspace_id = a.workspace_id AND b.id = a.id
  WHERE b.phone_check IN ('valid', 'unassigned') AND (a.phone, a.phone_check) IS DISTINCT FROM (b.phone, b.phone_check);
  RETURN NULL;
END $$;
