-- Automations: what a cart, an order or a restock sends by itself. What happened in the shop waits in `trigger_waits` from the very
-- transaction that wrote it, whoever wrote it; the check (server/triggers/) turns due waits into rows of the ledger.

-- An order: when it was delivered, and that it came back.
ALTER TABLE orders
  ADD COLUMN delivered_at timestamptz,
  DROP CONSTRAINT orders_status_check,
  ADD CONSTRAINT orders_status_check CHECK (status IN ('placed', 'paid', 'delivered', 'cancelled', 'returned'));
UPDATE orders SET delivered_at = updated_at WHERE status = 'delivered';
ALTER TABLE order_items ADD COLUMN variant_id text;
-- who bought what a cart holds
CREATE INDEX orders_by_contact_and_time ON orders (workspace_id, contact_id, placed_at);

-- As in 0020: what came back is no purchase either.
CREATE OR REPLACE FUNCTION count_orders(of_workspace uuid, of_contacts uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM contacts c JOIN (SELECT DISTINCT unnest(of_contacts) AS id) k ON k.id = c.id
  WHERE c.workspace_id = of_workspace ORDER BY c.id FOR NO KEY UPDATE OF c;
  UPDATE contacts c SET orders_count = s.n, orders_value = s.value, last_order_at = s.last
  FROM (
    SELECT k.id, count(o.id) AS n, max(o.placed_at) AS last,
      coalesce(sum(o.total) FILTER (WHERE o.currency = w.currency), 0) AS value
    FROM (SELECT DISTINCT unnest(of_contacts) AS id) k
    JOIN workspaces w ON w.id = of_workspace
    LEFT JOIN orders o ON o.workspace_id = of_workspace AND o.contact_id = k.id AND o.status NOT IN ('cancelled', 'returned')
    GROUP BY k.id
  ) s
  WHERE c.workspace_id = of_workspace AND c.id = s.id
    AND (c.orders_count, c.orders_value, c.last_order_at) IS DISTINCT FROM (s.n, s.value, s.last);
END $$;

-- A cart that is filled anew after it was bought, dropped or emptied is another one to whoever is reminded of it.
ALTER TABLE carts
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN filled_at timestamptz;
UPDATE carts SET filled_at = updated_at WHERE status = 'open' AND jsonb_array_length(items) > 0;

CREATE FUNCTION cart_is_full(status text, items jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT status = 'open' AND jsonb_array_length(items) > 0
$$;

CREATE FUNCTION cart_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT cart_is_full(new.status, new.items) THEN RETURN new; END IF;
  IF TG_OP = 'INSERT' THEN
    new.filled_at := new.updated_at;
  ELSIF NOT cart_is_full(old.status, old.items) THEN
    new.version := old.version + (old.filled_at IS NOT NULL)::int;
    new.filled_at := new.updated_at;
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER carts_version BEFORE INSERT OR UPDATE ON carts FOR EACH ROW EXECUTE FUNCTION cart_version();

-- What became of carts, for "the last 30 days would have sent". Kept 35 days.
CREATE TABLE cart_touches (
  workspace_id uuid NOT NULL,
  cart_id uuid NOT NULL,
  at timestamptz NOT NULL,
  version integer NOT NULL,
  status text NOT NULL,
  -- pieces of all items
  pieces integer NOT NULL,
  PRIMARY KEY (workspace_id, cart_id, at),
  FOREIGN KEY (workspace_id, cart_id) REFERENCES carts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX cart_touches_by_time ON cart_touches (workspace_id, at);

-- An automation, as far as it has ever been switched on. Events from before enabled_at never count.
CREATE TABLE trigger_states (
  workspace_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('abandoned_cart', 'back_in_stock', 'post_purchase')),
  -- NULL: off
  enabled_at timestamptz,
  -- since when it is off
  disabled_at timestamptz,
  checked_at timestamptz,
  PRIMARY KEY (campaign_id),
  UNIQUE (workspace_id, campaign_id),
  FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX trigger_states_on ON trigger_states (workspace_id, kind) WHERE enabled_at IS NOT NULL;

-- Events whose delay runs. `since`: when it happened; the delay is the campaign's and asked at the check.
CREATE TABLE trigger_waits (
  workspace_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  -- the cart, order or restock
  subject_id uuid NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, subject_id),
  FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX trigger_waits_due ON trigger_waits (campaign_id, since, subject_id);
CREATE INDEX trigger_waits_of ON trigger_waits (workspace_id, subject_id);

-- Which event a row of the ledger is about. Rows of broadcasts have none.
CREATE TABLE delivery_events (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  -- of a cart
  version integer,
  -- of a restock: the shop's own ids of the products that this person waits for
  products text[],
  PRIMARY KEY (workspace_id, delivery_id)
);
CREATE INDEX delivery_events_of ON delivery_events (workspace_id, subject_id, campaign_id);

-- A run of an automation goes on for as long as the automation does.
ALTER TABLE runs ADD COLUMN ongoing boolean NOT NULL DEFAULT false,
  -- of the campaign whose words it sends
  ADD COLUMN campaign_version integer;
CREATE UNIQUE INDEX runs_ongoing ON runs (campaign_id, connection_id) WHERE ongoing;

CREATE FUNCTION carts_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cart_touches (workspace_id, cart_id, at, version, status, pieces)
    SELECT k.workspace_id, k.id, k.updated_at, k.version, k.status,
      (SELECT coalesce(sum((i->>'quantity')::int), 0) FROM jsonb_array_elements(k.items) i)
    FROM changed k ORDER BY k.id
    ON CONFLICT (workspace_id, cart_id, at) DO UPDATE SET version = excluded.version, status = excluded.status, pieces = excluded.pieces;
  DELETE FROM trigger_waits w USING changed k
    WHERE w.workspace_id = k.workspace_id AND w.subject_id = k.id AND NOT cart_is_full(k.status, k.items);
  INSERT INTO trigger_waits (workspace_id, campaign_id, subject_id, since)
    SELECT k.workspace_id, s.campaign_id, k.id, k.updated_at
    FROM changed k JOIN trigger_states s ON s.workspace_id = k.workspace_id AND s.kind = 'abandoned_cart' AND s.enabled_at <= k.updated_at
    WHERE cart_is_full(k.status, k.items)
    ORDER BY s.campaign_id, k.id
    ON CONFLICT (campaign_id, subject_id) DO UPDATE SET since = excluded.since;
  -- a reminder that is decided on and waits for its hour: the clock begins anew for it too
  UPDATE deliveries d SET due_at = greatest(d.due_at, k.updated_at + make_interval(mins => (c.trigger->>'delay_minutes')::int))
    FROM changed k
    JOIN delivery_events e ON e.workspace_id = k.workspace_id AND e.subject_id = k.id AND e.version = k.version
    JOIN campaigns c ON c.workspace_id = e.workspace_id AND c.id = e.campaign_id
    WHERE d.workspace_id = e.workspace_id AND d.id = e.delivery_id AND d.state = 'queued' AND cart_is_full(k.status, k.items);
  RETURN NULL;
END $$;
CREATE TRIGGER carts_touched_new AFTER INSERT ON carts
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION carts_touched();
CREATE TRIGGER carts_touched_again AFTER UPDATE ON carts
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION carts_touched();

CREATE FUNCTION orders_delivered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM trigger_waits w USING changed o
    WHERE w.workspace_id = o.workspace_id AND w.subject_id = o.id AND o.status <> 'delivered';
  INSERT INTO trigger_waits (workspace_id, campaign_id, subject_id, since)
    SELECT o.workspace_id, s.campaign_id, o.id, o.delivered_at
    FROM changed o JOIN trigger_states s ON s.workspace_id = o.workspace_id AND s.kind = 'post_purchase' AND s.enabled_at <= o.delivered_at
    WHERE o.status = 'delivered'
    ORDER BY s.campaign_id, o.id
    ON CONFLICT (campaign_id, subject_id) DO UPDATE SET since = excluded.since;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_delivered_new AFTER INSERT ON orders
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION orders_delivered();
CREATE TRIGGER orders_delivered_later AFTER UPDATE ON orders
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION orders_delivered();

-- Asked by the claim, at the very moment of sending: why this row's event is none any more, or NULL. Codes: contract/deliveries.ts.
CREATE FUNCTION event_refusal(workspace uuid, delivery uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  e delivery_events;
  cart carts;
BEGIN
  SELECT * INTO e FROM delivery_events WHERE workspace_id = workspace AND delivery_id = delivery;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT FROM trigger_states s WHERE s.campaign_id = e.campaign_id AND s.enabled_at IS NOT NULL) THEN
    RETURN 'automation_off';
  END IF;
  IF e.kind = 'abandoned_cart' THEN
    SELECT * INTO cart FROM carts WHERE workspace_id = workspace AND id = e.subject_id;
    IF NOT FOUND THEN RETURN 'cart_emptied'; END IF;
    IF cart.status = 'ordered' OR cart.version > e.version OR EXISTS (
      SELECT FROM orders o JOIN order_items i ON i.workspace_id = o.workspace_id AND i.order_id = o.id
      WHERE o.workspace_id = workspace AND o.contact_id = cart.contact_id AND o.placed_at >= cart.filled_at
        AND o.status NOT IN ('cancelled', 'returned') AND cart.items @> jsonb_build_array(jsonb_build_object('product_id', i.product_id)))
    THEN RETURN 'cart_bought'; END IF;
    IF NOT cart_is_full(cart.status, cart.items) THEN RETURN 'cart_emptied'; END IF;
  ELSIF e.kind = 'post_purchase' THEN
    IF NOT EXISTS (SELECT FROM orders WHERE workspace_id = workspace AND id = e.subject_id AND status = 'delivered') THEN
      RETURN 'order_returned';
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- What the message of this row is about, as it stands at the moment of sending.
CREATE FUNCTION event_content(workspace uuid, delivery uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('kind', e.kind) || CASE e.kind
    WHEN 'abandoned_cart' THEN (SELECT jsonb_build_object('cart', to_jsonb(k)) FROM carts k WHERE k.workspace_id = workspace AND k.id = e.subject_id)
    WHEN 'post_purchase' THEN (SELECT jsonb_build_object('order', to_jsonb(o) || jsonb_build_object('items', coalesce((
        SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position) FROM order_items i WHERE i.workspace_id = workspace AND i.order_id = o.id), '[]')))
      FROM orders o WHERE o.workspace_id = workspace AND o.id = e.subject_id)
    ELSE '{}' END
  FROM delivery_events e WHERE e.workspace_id = workspace AND e.delivery_id = delivery
$$;

-- Switched on, off, archived: kept here by the very change, so that nothing can be written in between. The time is the change's own.
CREATE FUNCTION automation_switched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_on boolean := coalesce((new.trigger->>'enabled')::boolean, false) AND new.status <> 'archived';
BEGIN
  IF is_on THEN
    INSERT INTO trigger_states AS s (workspace_id, campaign_id, kind, enabled_at) VALUES (new.workspace_id, new.id, new.kind, new.updated_at)
    ON CONFLICT (campaign_id) DO UPDATE SET enabled_at = excluded.enabled_at, disabled_at = NULL WHERE s.enabled_at IS NULL;
  ELSE
    UPDATE trigger_states SET enabled_at = NULL, disabled_at = new.updated_at WHERE campaign_id = new.id AND enabled_at IS NOT NULL;
    DELETE FROM trigger_waits WHERE campaign_id = new.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER campaigns_switched AFTER INSERT OR UPDATE OF trigger, status ON campaigns FOR EACH ROW
  WHEN (new.kind IN ('abandoned_cart', 'back_in_stock', 'post_purchase')) EXECUTE FUNCTION automation_switched();
-- those that were on before they could send: from now on
INSERT INTO trigger_states (workspace_id, campaign_id, kind, enabled_at)
  SELECT workspace_id, id, kind, now() FROM campaigns
  WHERE kind IN ('abandoned_cart', 'back_in_stock', 'post_purchase') AND (trigger->>'enabled')::boolean AND status <> 'archived';
