-- Whether the first webhook that is written down decides the prefix of a shop's ids: a shop that never told anything takes none away.
ALTER TABLE shop_connectors ADD COLUMN id_prefix_open boolean NOT NULL DEFAULT false;
UPDATE shop_connectors SET id_prefix_open = true WHERE received = 0 AND id_prefix = '';

-- When each kind of webhook last came, by its topic in the shop's own words; those that are set up for us alone.
ALTER TABLE shop_connectors ADD COLUMN topics_at jsonb NOT NULL DEFAULT '{}';
UPDATE shop_connectors SET topics_at = jsonb_build_object(last_topic, last_received_at) WHERE last_topic IS NOT NULL;
