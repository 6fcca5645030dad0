-- What a shop tells over the API (events, orders, carts), its one currency, and the groups that a bot is in.

-- The one currency in which orders are summed up; orders in others count as orders and not as money.
ALTER TABLE workspaces ADD COLUMN currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$');

-- The shop's own id of an event: recorded once, however often it is sent.
ALTER TABLE events ADD COLUMN event_id text;
CREATE UNIQUE INDEX events_once ON events (workspace_id, event_id) WHERE event_id IS NOT NULL;

-- some currencies have three decimals, and sums need room above what one order may cost
ALTER TABLE contacts ALTER COLUMN orders_value TYPE numeric(20, 3);
ALTER TABLE orders
  ALTER COLUMN total TYPE numeric(15, 3),
  ADD COLUMN currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  -- when it changed in the shop: what changed before that no longer overwrites it
  ADD COLUMN updated_at timestamptz;
UPDATE orders SET updated_at = placed_at;
ALTER TABLE orders ALTER COLUMN updated_at SET DEFAULT now(), ALTER COLUMN updated_at SET NOT NULL;
CREATE INDEX orders_by_time ON orders (workspace_id, placed_at, id);
ALTER TABLE order_items ALTER COLUMN price TYPE numeric(15, 3), ADD COLUMN name text;

ALTER TABLE carts
  -- the shop's own id of the cart
  ADD COLUMN external_id text,
  -- of total and items
  ADD COLUMN currency text CHECK (currency ~ '^[A-Z]{3}$'),
  ADD COLUMN total numeric(15, 3),
  -- where it is bought
  ADD COLUMN url text;
CREATE UNIQUE INDEX carts_by_external_id ON carts (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX carts_by_time ON carts (workspace_id, updated_at, id);

-- The sums of 0014 anew: money of the workspace's currency only; whoever nothing changed for is not written; and an order
-- that moves from one person to another locks both in one order, so that two that move across do not wait for each other.
CREATE FUNCTION count_orders(of_workspace uuid, of_contacts uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM contacts c JOIN (SELECT DISTINCT unnest(of_contacts) AS id) k ON k.id = c.id
  WHERE c.workspace_id = of_workspace ORDER BY c.id FOR NO KEY UPDATE OF c;
  UPDATE contacts c SET orders_count = s.n, orders_value = s.value, last_order_at = s.last
  FROM (
    SELECT k.id, count(o.id) AS n, max(o.placed_at) AS last,
      coalesce(sum(o.total) FILTER (WHERE o.currency = w.currency), 0) AS value
    FROM (SELECT DISTINCT unnest(of_contacts) AS id) k
    JOIN workspaces w ON w.id = of_workspace
    LEFT JOIN orders o ON o.workspace_id = of_workspace AND o.contact_id = k.id AND o.status <> 'cancelled'
    GROUP BY k.id
  ) s
  WHERE c.workspace_id = of_workspace AND c.id = s.id
    AND (c.orders_count, c.orders_value, c.last_order_at) IS DISTINCT FROM (s.n, s.value, s.last);
END $$;
CREATE OR REPLACE FUNCTION roll_up_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_orders(k.workspace_id, array_agg(DISTINCT k.contact_id)) FROM changed k GROUP BY k.workspace_id;
  RETURN NULL;
END $$;
CREATE FUNCTION roll_up_changed_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_orders(k.workspace_id, array_agg(DISTINCT k.contact_id))
  FROM (SELECT workspace_id, contact_id FROM before_it UNION SELECT workspace_id, contact_id FROM changed) k
  GROUP BY k.workspace_id;
  RETURN NULL;
END $$;
DROP TRIGGER orders_left ON orders;
DROP TRIGGER orders_changed ON orders;
CREATE TRIGGER orders_changed AFTER UPDATE ON orders
  REFERENCING OLD TABLE AS before_it NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed_orders();

-- People are locked in one order here too: two batches of events about the same people must not wait for each other.
CREATE OR REPLACE FUNCTION seen_by_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM contacts c
  JOIN (SELECT workspace_id, contact_id, max(at) AS at FROM added GROUP BY workspace_id, contact_id) s
    ON c.workspace_id = s.workspace_id AND c.id = s.contact_id
  WHERE c.last_seen_at IS NULL OR c.last_seen_at < s.at - interval '1 minute'
  ORDER BY c.id FOR NO KEY UPDATE OF c;
  UPDATE contacts c SET last_seen_at = s.at
  FROM (SELECT workspace_id, contact_id, max(at) AS at FROM added GROUP BY workspace_id, contact_id) s
  WHERE c.workspace_id = s.workspace_id AND c.id = s.contact_id
    AND (c.last_seen_at IS NULL OR c.last_seen_at < s.at - interval '1 minute');
  RETURN NULL;
END $$;

-- Groups, supergroups and channels that a bot is in, or was.
CREATE TABLE groups (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL UNIQUE,
  connection_id uuid NOT NULL,
  channel text NOT NULL,
  -- as the platform writes it; it changes where a group becomes a supergroup
  address text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('group', 'supergroup', 'channel')),
  title text NOT NULL,
  username text,
  -- of the bot itself; unknown: it was in the group before it was connected
  standing text NOT NULL CHECK (standing IN ('unknown', 'owner', 'administrator', 'member', 'restricted', 'left', 'banned')),
  standing_at timestamptz NOT NULL,
  -- how many there are, silent ones included: the platform's own count
  member_count integer,
  counted_at timestamptz,
  count_problem text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id) ON DELETE CASCADE,
  UNIQUE (workspace_id, connection_id, address)
);
CREATE INDEX groups_by_created_at ON groups (workspace_id, created_at, id);

-- Who is in a group as far as the platform has told: who joined, left, wrote. A row belongs to an address; the contact behind
-- it is whoever has that address as identity, now or later, so that merging people moves nothing here.
CREATE TABLE group_members (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  group_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  address text NOT NULL,
  first_name text,
  last_name text,
  username text,
  -- seen: they wrote there, and whether they are a member was not told
  standing text NOT NULL CHECK (standing IN ('seen', 'owner', 'administrator', 'member', 'restricted', 'left', 'banned')),
  standing_at timestamptz NOT NULL,
  -- their last message there, to the hour
  wrote_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, group_id) REFERENCES groups (workspace_id, id) ON DELETE CASCADE,
  UNIQUE (workspace_id, group_id, address)
);
CREATE INDEX group_members_by_address ON group_members (workspace_id, connection_id, address);
CREATE INDEX group_members_by_created_at ON group_members (workspace_id, group_id, created_at, id);
