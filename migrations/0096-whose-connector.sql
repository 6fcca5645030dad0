-- Whose a connector is, is decided by the first webhook that is written down, and kept with its prefix when it is removed: connected again
-- as itself it refuses another shop's.
ALTER TABLE shop_connectors
  ADD COLUMN has_written boolean DEFAULT false NOT NULL,
  -- what its shop sells in, as its first order or checkout says it, or a person; NULL: not known
  ADD COLUMN currency text;
UPDATE shop_connectors SET has_written = true WHERE received > passed_over AND NOT id_prefix_open;
UPDATE shop_connectors SET source = NULL WHERE NOT has_written;

ALTER TABLE shop_prefixes
  ADD COLUMN source text,
  -- something came under it from a connector that was removed since
  ADD COLUMN was_told boolean DEFAULT false NOT NULL;
UPDATE shop_prefixes SET source = shop_url WHERE kind = 'shopify' AND shop_url ~ '^[a-z0-9-]+\.myshopify\.com$';
-- of those that were removed before their names were kept nothing says whether they told anything: they are named
UPDATE shop_prefixes p SET was_told = true WHERE removed_at IS NOT NULL OR NOT EXISTS (
  SELECT FROM shop_connectors c WHERE c.workspace_id = p.workspace_id AND c.id_prefix = p.id_prefix AND NOT c.id_prefix_open);

-- of shops with a prefix: its latest order, else its latest cart. Ids without one may be another's, or told over the API
UPDATE shop_connectors c SET currency = coalesce(
  (SELECT o.currency FROM orders o WHERE o.workspace_id = c.workspace_id AND starts_with(o.external_id, c.id_prefix) ORDER BY o.placed_at DESC, o.id DESC LIMIT 1),
  (SELECT k.currency FROM carts k WHERE k.workspace_id = c.workspace_id AND starts_with(k.external_id, c.id_prefix) AND k.currency IS NOT NULL ORDER BY k.updated_at DESC, k.id DESC LIMIT 1))
WHERE c.id_prefix <> '';
UPDATE shop_connectors c SET currency = coalesce(
  (SELECT o.currency FROM orders o WHERE o.workspace_id = c.workspace_id AND o.external_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM shop_prefixes p WHERE p.workspace_id = c.workspace_id AND p.id_prefix <> '' AND starts_with(o.external_id, p.id_prefix))
    ORDER BY o.placed_at DESC, o.id DESC LIMIT 1),
  (SELECT k.currency FROM carts k WHERE k.workspace_id = c.workspace_id AND k.external_id IS NOT NULL AND k.currency IS NOT NULL AND NOT EXISTS (
      SELECT FROM shop_prefixes p WHERE p.workspace_id = c.workspace_id AND p.id_prefix <> '' AND starts_with(k.external_id, p.id_prefix))
    ORDER BY k.updated_at DESC, k.id DESC LIMIT 1))
WHERE c.id_prefix = '' AND NOT c.id_prefix_open;
