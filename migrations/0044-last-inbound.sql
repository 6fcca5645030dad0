-- When the person wrote last, by the platform's own clock: from it WhatsApp counts the 24 hours in which they can be
-- answered freely (Cloud API, customer service window, 2026-11-20). NULL: they have not written.
ALTER TABLE conversations ADD COLUMN last_inbound_at timestamptz;
UPDATE conversations v SET last_inbound_at = (
  SELECT max(m.at) FROM messages m
  WHERE m.workspace_id = v.workspace_id AND m.contact_id = v.contact_id AND m.connection_id = v.connection_id AND m.direction = 'in');
