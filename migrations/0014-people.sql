-- What a rule may ask about a person: attributes with declared types, when they were last seen, what they bought, what they
-- did, what lies in their cart; and the segments that rules make.

-- A name that is not declared may hold anything; a declared one holds values of its type (contract/rules.ts attributeType).
CREATE TABLE attribute_declarations (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('text', 'number', 'boolean', 'date', 'list')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

ALTER TABLE contacts
  -- the last message or event of theirs, to the minute
  ADD COLUMN last_seen_at timestamptz,
  -- of all orders that were not cancelled; kept by roll_up_orders()
  ADD COLUMN orders_count integer DEFAULT 0 NOT NULL,
  ADD COLUMN orders_value numeric(14, 2) DEFAULT 0 NOT NULL,
  ADD COLUMN last_order_at timestamptz;
-- None of the columns above is indexed: so that a message or an order rewrites one row and not its ten index entries.
ALTER TABLE contacts SET (fillfactor = 85);
CREATE INDEX contacts_by_tag ON contacts USING gin (tags);
CREATE INDEX contacts_by_attribute ON contacts USING gin (attributes jsonb_path_ops);
CREATE INDEX contacts_by_time_zone ON contacts (workspace_id, time_zone);

CREATE TABLE events (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  name text NOT NULL,
  at timestamptz NOT NULL,
  properties jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
-- Who did it of late: answered from the index alone.
CREATE INDEX events_by_name ON events (workspace_id, name, at, contact_id);
-- What one person did.
CREATE INDEX events_by_contact ON events (workspace_id, contact_id, name, at);

CREATE TABLE orders (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  -- the shop's own number of the order
  external_id text,
  status text NOT NULL CHECK (status IN ('placed', 'paid', 'delivered', 'cancelled')),
  -- in the workspace's one currency
  total numeric(14, 2) NOT NULL,
  placed_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX orders_by_contact ON orders (workspace_id, contact_id, placed_at);
CREATE UNIQUE INDEX orders_by_external_id ON orders (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE order_items (
  workspace_id uuid NOT NULL,
  order_id uuid NOT NULL,
  position smallint NOT NULL,
  -- the shop's own id of the product
  product_id text NOT NULL,
  quantity integer NOT NULL,
  price numeric(14, 2) NOT NULL,
  PRIMARY KEY (workspace_id, order_id, position),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX order_items_by_product ON order_items (workspace_id, product_id, order_id);

CREATE TABLE carts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'ordered', 'dropped')),
  -- [{ "product_id", "quantity", "price" }]
  items jsonb NOT NULL DEFAULT '[]',
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX carts_open ON carts (workspace_id, updated_at, contact_id) WHERE status = 'open';
CREATE INDEX carts_by_contact ON carts (workspace_id, contact_id);

CREATE TABLE segments (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('rule', 'static')),
  -- contract/rules.ts; a static list has none
  rule jsonb,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT segments_rule_or_list CHECK ((kind = 'rule') = (rule IS NOT NULL))
);
CREATE INDEX segments_by_created_at ON segments (workspace_id, created_at, id);

CREATE TABLE segment_members (
  workspace_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, segment_id, contact_id),
  FOREIGN KEY (workspace_id, segment_id) REFERENCES segments (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX segment_members_by_contact ON segment_members (workspace_id, contact_id);

-- Whoever writes orders, the sums at their people follow in the same transaction. The people are locked first: of two
-- orders at once the second sums up what it can see after the first.
CREATE FUNCTION roll_up_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM contacts c
  WHERE (c.workspace_id, c.id) IN (SELECT workspace_id, contact_id FROM changed)
  ORDER BY c.id FOR NO KEY UPDATE;
  UPDATE contacts c SET orders_count = s.n, orders_value = s.value, last_order_at = s.last
  FROM (
    SELECT k.workspace_id, k.contact_id, count(o.id) AS n, coalesce(sum(o.total), 0) AS value, max(o.placed_at) AS last
    FROM (SELECT DISTINCT workspace_id, contact_id FROM changed) k
    LEFT JOIN orders o ON o.workspace_id = k.workspace_id AND o.contact_id = k.contact_id AND o.status <> 'cancelled'
    GROUP BY k.workspace_id, k.contact_id
  ) s
  WHERE c.workspace_id = s.workspace_id AND c.id = s.contact_id;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_added AFTER INSERT ON orders
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_orders();
CREATE TRIGGER orders_removed AFTER DELETE ON orders
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_orders();
CREATE TRIGGER orders_changed AFTER UPDATE ON orders
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_orders();
-- an order may move to another person, where two are merged
CREATE TRIGGER orders_left AFTER UPDATE ON orders
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_orders();

-- To the minute: somebody who writes ten messages is one change of one row.
CREATE FUNCTION seen_by_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contacts c SET last_seen_at = s.at
  FROM (SELECT workspace_id, contact_id, max(at) AS at FROM added GROUP BY workspace_id, contact_id) s
  WHERE c.workspace_id = s.workspace_id AND c.id = s.contact_id
    AND (c.last_seen_at IS NULL OR c.last_seen_at < s.at - interval '1 minute');
  RETURN NULL;
END $$;
CREATE TRIGGER events_seen AFTER INSERT ON events
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seen_by_event();

CREATE FUNCTION seen_by_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contacts SET last_seen_at = NEW.at
  WHERE workspace_id = NEW.workspace_id AND id = NEW.contact_id
    AND (last_seen_at IS NULL OR last_seen_at < NEW.at - interval '1 minute');
  RETURN NULL;
END $$;
-- for each row, because nearly all messages go out, and those shall cost nothing
CREATE TRIGGER messages_seen AFTER INSERT ON messages
  FOR EACH ROW WHEN (NEW.direction = 'in') EXECUTE FUNCTION seen_by_message();
UPDATE contacts c SET last_seen_at = m.at
FROM (SELECT workspace_id, contact_id, max(at) AS at FROM messages WHERE direction = 'in' GROUP BY 1, 2) m
WHERE m.workspace_id = c.workspace_id AND m.contact_id = c.id;
