-- Shop systems that tell by signed webhooks what happens in the shop.
CREATE TABLE shop_connectors (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('shopify', 'woocommerce')),
  name text NOT NULL,
  shop_url text,
  -- the shop's own address of itself, as its webhooks name it
  source text,
  -- sealed; NULL: not known yet, nothing is let in
  secret bytea,
  -- put before every id of this shop
  id_prefix text NOT NULL DEFAULT '',
  received bigint NOT NULL DEFAULT 0,
  passed_over bigint NOT NULL DEFAULT 0,
  last_received_at timestamptz,
  last_topic text,
  passed_topic text,
  passed_detail text,
  passed_at timestamptz,
  problem_topic text,
  problem_detail text,
  problem_at timestamptz,
  -- when something last came that the secret does not fit
  refused_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX shop_connectors_by_time ON shop_connectors (workspace_id, created_at DESC, id DESC);

-- When a shop last told of a customer, and which version of the contact that made: what is older changes nothing, and what was
-- edited here in between is not written over by what is older than the edit.
CREATE TABLE shop_customers (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connector_id uuid NOT NULL,
  told_at timestamptz NOT NULL,
  contact_version integer NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, connector_id) REFERENCES shop_connectors (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX shop_customers_of ON shop_customers (workspace_id, contact_id, connector_id);
CREATE INDEX shop_customers_by_connector ON shop_customers (workspace_id, connector_id);

-- What lies of an item at each place of a shop that tells of places one by one, and which variant the item is.
CREATE TABLE shop_stock (
  workspace_id uuid NOT NULL,
  connector_id uuid NOT NULL,
  item text NOT NULL,
  place text NOT NULL,
  available integer NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connector_id, item, place),
  FOREIGN KEY (workspace_id, connector_id) REFERENCES shop_connectors (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE shop_items (
  workspace_id uuid NOT NULL,
  connector_id uuid NOT NULL,
  item text NOT NULL,
  -- the shop's own ids, as products have them
  product text NOT NULL,
  variant text NOT NULL,
  PRIMARY KEY (workspace_id, connector_id, item),
  FOREIGN KEY (workspace_id, connector_id) REFERENCES shop_connectors (workspace_id, id) ON DELETE CASCADE
);
