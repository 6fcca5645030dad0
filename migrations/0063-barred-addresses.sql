-- Whoever said stop and is erased leaves the address behind: a namesake with the same number inherits it, or an import brings the
-- person back, and a campaign would go to who said stop. So the address stays barred, of which nothing is kept but a hash.
-- Decided: not the heir alone inherits, as most come back later and by another way, and then nobody is there to inherit. The hash
-- is of workspace, channel and address: it says nothing between workspaces, and proves only what somebody can name already; it is
-- no secret from who tries all numbers, which is as little as a list of "do not write to" can keep.
CREATE TABLE barred_addresses (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  channel text NOT NULL,
  address_hash bytea NOT NULL,
  -- when stop was said last: a yes that is later overrules it
  said_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, channel, address_hash)
);

CREATE FUNCTION address_hash(workspace uuid, channel text, address text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(workspace || ' ' || channel || ' ' || CASE channel WHEN 'whatsapp' THEN whatsapp_number(address) ELSE address END, 'UTF8'))
$$;

-- Whoever gets a barred address is opted out on its channel, with the time of the stop, and without the words of who said it.
CREATE FUNCTION bar_addresses(workspaces uuid[], people uuid[], channels text[], addresses text[]) RETURNS void LANGUAGE sql AS $$
  WITH heirs AS (
    SELECT DISTINCT ON (a.workspace_id, a.contact_id, a.channel) a.workspace_id, a.contact_id, a.channel, b.said_at
    FROM unnest(workspaces, people, channels, addresses) AS a(workspace_id, contact_id, channel, address) CROSS JOIN LATERAL (
      SELECT b.said_at FROM barred_addresses b WHERE b.workspace_id = a.workspace_id AND b.channel = a.channel
        AND b.address_hash = address_hash(a.workspace_id, a.channel, a.address) OFFSET 0) b
    ORDER BY a.workspace_id, a.contact_id, a.channel, b.said_at DESC
  ), said AS (
    INSERT INTO consents (workspace_id, contact_id, channel, purpose, state, source, at)
    SELECT workspace_id, contact_id, channel, 'marketing', 'opted_out', 'number', said_at FROM heirs
    ON CONFLICT (workspace_id, contact_id, channel, purpose) DO UPDATE
      SET state = excluded.state, source = excluded.source, wording = NULL, at = excluded.at, repeated_at = NULL
      WHERE consents.state <> 'opted_out' AND consents.at < excluded.at
    RETURNING *
  )
  INSERT INTO consent_changes (workspace_id, id, contact_id, channel, purpose, state, source, undoable, actor_kind, actor_name, at)
  SELECT workspace_id, new_id(), contact_id, channel, purpose, state, source, false, 'system', 'Carillon', at FROM said
$$;

-- As with phone numbers, the undo of a merge puts back what was, and asks for nothing else.
CREATE FUNCTION bar_new_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM barred_addresses) OR current_setting('carillon.addresses', true) = 'kept' THEN RETURN NULL; END IF;
  PERFORM bar_addresses(array_agg(a.workspace_id), array_agg(a.contact_id), array_agg(a.channel), array_agg(a.address)) FROM added a;
  RETURN NULL;
END $$;
CREATE TRIGGER identities_barred AFTER INSERT ON identities REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION bar_new_identities();

CREATE FUNCTION bar_changed_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM bar_addresses(ARRAY[new.workspace_id], ARRAY[new.contact_id], ARRAY[new.channel], ARRAY[new.address]);
  RETURN NULL;
END $$;
CREATE TRIGGER identities_barred_anew AFTER UPDATE OF address ON identities FOR EACH ROW
  WHEN (old.address <> new.address) EXECUTE FUNCTION bar_changed_identity();
