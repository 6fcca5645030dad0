-- What a shop sells: products with their variants and stock, who waits for one that is sold out, and what it is told when it returns.

CREATE TABLE products (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id uuid NOT NULL UNIQUE,
  -- the shop's own id of it
  external_id text NOT NULL,
  name text NOT NULL,
  url text,
  image_url text,
  -- of its price and of its variants' prices
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  price numeric(15, 3),
  -- gone: no longer sold
  status text NOT NULL CHECK (status IN ('active', 'gone')),
  -- one of its variants can be bought
  available boolean NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX products_by_external_id ON products (workspace_id, external_id);
CREATE INDEX products_by_time ON products (workspace_id, updated_at, id);

CREATE TABLE product_variants (
  workspace_id uuid NOT NULL,
  product_id uuid NOT NULL,
  -- the shop's own id of it; '': the one of a product that has none
  external_id text NOT NULL,
  name text,
  price numeric(15, 3),
  -- NULL: not counted, always there
  stock integer CHECK (stock >= 0),
  position integer NOT NULL,
  PRIMARY KEY (workspace_id, product_id, external_id),
  FOREIGN KEY (workspace_id, product_id) REFERENCES products (workspace_id, id) ON DELETE CASCADE
);

-- Each time that something sold out could be bought again. Kept 35 days.
CREATE TABLE restocks (
  workspace_id uuid NOT NULL,
  product_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- those that came back
  variants text[] NOT NULL,
  -- nothing of the product could be bought before
  whole boolean NOT NULL,
  PRIMARY KEY (workspace_id, product_id, at),
  FOREIGN KEY (workspace_id, product_id) REFERENCES products (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX restocks_by_time ON restocks (workspace_id, at);

-- Who would want to hear of it: subscribed by the shop's own button, looked at it while it was sold out, had it in the cart.
CREATE TABLE product_interest (
  workspace_id uuid NOT NULL,
  product_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('subscribed', 'viewed', 'carted')),
  -- '': any of them
  variant_id text NOT NULL DEFAULT '',
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, product_id, contact_id, kind, variant_id),
  FOREIGN KEY (workspace_id, product_id) REFERENCES products (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX product_interest_of ON product_interest (workspace_id, contact_id);

ALTER TABLE delivery_events
  -- beside `products`: which variant each of them is about, '': any
  ADD COLUMN variants text[];

-- One telling of what has come back, to everybody who waits: written in chunks, and gone on with after a crash.
CREATE TABLE restock_batches (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  -- [{ product_id, variants, whole }]
  products jsonb NOT NULL,
  -- whoever comes after this one (by id) has not been looked at yet; NULL: nobody has
  reached uuid,
  created_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaigns (workspace_id, id) ON DELETE CASCADE
);
-- one at a time, or two would tell the same people
CREATE UNIQUE INDEX restock_batches_open ON restock_batches (campaign_id) WHERE done_at IS NULL;

CREATE FUNCTION restocked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- the first of several returns begins the delay: a stock that flickers must not put it off for ever
  INSERT INTO trigger_waits (workspace_id, campaign_id, subject_id, since)
    SELECT r.workspace_id, s.campaign_id, r.product_id, min(r.at)
    FROM added r JOIN trigger_states s ON s.workspace_id = r.workspace_id AND s.kind = 'back_in_stock' AND s.enabled_at <= r.at
    GROUP BY r.workspace_id, s.campaign_id, r.product_id ORDER BY s.campaign_id, r.product_id
    ON CONFLICT (campaign_id, subject_id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER restocks_added AFTER INSERT ON restocks
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION restocked();

-- A look at something sold out.
CREATE FUNCTION products_viewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO product_interest AS i (workspace_id, product_id, contact_id, kind, at)
    SELECT v.workspace_id, p.id, v.contact_id, 'viewed', max(v.at)
    FROM added v JOIN products p ON p.workspace_id = v.workspace_id AND p.external_id = v.properties->>'product_id' AND NOT p.available
    WHERE v.name = 'product_viewed'
    GROUP BY v.workspace_id, p.id, v.contact_id ORDER BY p.id, v.contact_id
    ON CONFLICT (workspace_id, product_id, contact_id, kind, variant_id) DO UPDATE SET at = excluded.at WHERE i.at < excluded.at;
  RETURN NULL;
END $$;
CREATE TRIGGER events_viewed AFTER INSERT ON events
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION products_viewed();

-- As in 0070, and: what is in a cart is wanted, also once it is sold out and the shop has taken it out of the cart.
CREATE OR REPLACE FUNCTION carts_touched() RETURNS trigger LANGUAGE plpgsql AS $$
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
  INSERT INTO product_interest AS i (workspace_id, product_id, contact_id, kind, variant_id, at)
    SELECT k.workspace_id, p.id, k.contact_id, 'carted', coalesce(item->>'variant_id', ''), max(k.updated_at)
    FROM changed k CROSS JOIN LATERAL jsonb_array_elements(k.items) item
    JOIN products p ON p.workspace_id = k.workspace_id AND p.external_id = item->>'product_id'
    WHERE cart_is_full(k.status, k.items)
    GROUP BY k.workspace_id, p.id, k.contact_id, coalesce(item->>'variant_id', '') ORDER BY p.id, k.contact_id
    -- a cart changes often, and an hour more or less decides nothing
    ON CONFLICT (workspace_id, product_id, contact_id, kind, variant_id) DO UPDATE SET at = excluded.at
      WHERE i.at < excluded.at - interval '1 hour';
  RETURN NULL;
END $$;

-- Of what a row of back_in_stock is about: what can be bought at this moment. One row for each product.
CREATE FUNCTION event_products(workspace uuid, delivery uuid)
RETURNS TABLE (product_id uuid, external_id text, variant_id text, can_be_bought boolean) LANGUAGE sql STABLE AS $$
  SELECT p.id, about.external_id, about.variant_id, p.status = 'active' AND EXISTS (
    SELECT FROM product_variants v WHERE v.workspace_id = p.workspace_id AND v.product_id = p.id
      AND about.variant_id IN ('', v.external_id) AND (v.stock IS NULL OR v.stock > 0))
  FROM delivery_events e
  CROSS JOIN LATERAL unnest(e.products, e.variants) AS about (external_id, variant_id)
  JOIN products p ON p.workspace_id = e.workspace_id AND p.external_id = about.external_id
  WHERE e.workspace_id = workspace AND e.delivery_id = delivery
$$;

-- As in 0070, and: sold out, told of an offer today; what the campaign's own "don't send if" says counts (trigger.unless).
DROP FUNCTION event_refusal(uuid, uuid);
CREATE FUNCTION event_refusal(workspace uuid, delivery uuid, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  e delivery_events;
  cart carts;
  unless jsonb;
  whose uuid;
  since timestamptz;
  in_stock boolean;
  open boolean;
BEGIN
  SELECT * INTO e FROM delivery_events WHERE workspace_id = workspace AND delivery_id = delivery;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(c.trigger->'unless', '{}') INTO unless FROM campaigns c
  JOIN trigger_states s ON s.campaign_id = c.id AND s.enabled_at IS NOT NULL
  WHERE c.workspace_id = workspace AND c.id = e.campaign_id;
  IF NOT FOUND THEN RETURN 'automation_off'; END IF;
  IF e.kind = 'abandoned_cart' THEN
    SELECT * INTO cart FROM carts WHERE workspace_id = workspace AND id = e.subject_id;
    IF NOT FOUND THEN RETURN 'cart_emptied'; END IF;
    IF coalesce((unless->>'bought')::boolean, true) AND (cart.status = 'ordered' OR cart.version > e.version OR EXISTS (
      SELECT FROM orders o JOIN order_items i ON i.workspace_id = o.workspace_id AND i.order_id = o.id
      WHERE o.workspace_id = workspace AND o.contact_id = cart.contact_id AND o.placed_at >= cart.filled_at
        AND o.status NOT IN ('cancelled', 'returned') AND cart.items @> jsonb_build_array(jsonb_build_object('product_id', i.product_id))))
    THEN RETURN 'cart_bought'; END IF;
    -- whatever is ticked: there would be nothing to show
    IF jsonb_array_length(cart.items) = 0 OR cart.status = 'dropped' THEN RETURN 'cart_emptied'; END IF;
    IF coalesce((unless->>'sold_out')::boolean, true) AND EXISTS (
      SELECT FROM jsonb_array_elements(cart.items) item
      JOIN products p ON p.workspace_id = workspace AND p.external_id = item->>'product_id'
      WHERE NOT p.available OR EXISTS (SELECT FROM product_variants v
        WHERE v.workspace_id = workspace AND v.product_id = p.id AND v.external_id = item->>'variant_id' AND v.stock = 0))
    THEN RETURN 'sold_out'; END IF;
  ELSIF e.kind = 'post_purchase' THEN
    IF NOT EXISTS (SELECT FROM orders WHERE workspace_id = workspace AND id = e.subject_id AND status = 'delivered') THEN
      RETURN 'order_returned';
    END IF;
  ELSIF e.kind = 'back_in_stock' THEN
    SELECT d.contact_id, d.created_at INTO whose, since FROM deliveries d WHERE d.workspace_id = workspace AND d.id = delivery;
    SELECT bool_or(b.can_be_bought), bool_or(b.can_be_bought AND NOT (coalesce((unless->>'bought')::boolean, true) AND EXISTS (
      SELECT FROM orders o JOIN order_items i ON i.workspace_id = o.workspace_id AND i.order_id = o.id AND i.product_id = b.external_id
      -- since they last wanted it: the shop may tell of an order later than of the stock
      WHERE o.workspace_id = workspace AND o.contact_id = whose AND o.status NOT IN ('cancelled', 'returned') AND o.placed_at >= coalesce((
        SELECT max(i.at) FROM product_interest i
        WHERE i.workspace_id = workspace AND i.product_id = b.product_id AND i.contact_id = whose), since))))
    INTO in_stock, open FROM event_products(workspace, delivery) b;
    IF NOT coalesce(in_stock, false) THEN RETURN 'sold_out'; END IF;
    IF NOT open THEN RETURN 'already_bought'; END IF;
  END IF;
  IF coalesce((unless->>'messaged_today')::boolean, false) AND EXISTS (
    SELECT FROM deliveries d
    JOIN deliveries h ON h.workspace_id = d.workspace_id AND h.contact_id = d.contact_id AND h.source = 'campaign' AND h.purpose = 'marketing'
      AND h.campaign_id <> d.campaign_id AND h.state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
    JOIN campaigns c ON c.workspace_id = h.workspace_id AND c.id = h.campaign_id AND c.kind IN ('broadcast', 'bulk_message')
    JOIN workspaces w ON w.id = d.workspace_id
    LEFT JOIN contacts p ON p.workspace_id = d.workspace_id AND p.id = d.contact_id
    WHERE d.workspace_id = workspace AND d.id = delivery
      AND coalesce(h.sent_at, h.claimed_at) >= date_trunc('day', at, coalesce(p.time_zone, w.time_zone, 'UTC')))
  THEN RETURN 'offer_today'; END IF;
  RETURN NULL;
END $$;

-- As in 0070, and: the products that are back, those of them that can be bought at this moment.
CREATE OR REPLACE FUNCTION event_content(workspace uuid, delivery uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('kind', e.kind) || CASE e.kind
    WHEN 'abandoned_cart' THEN (SELECT jsonb_build_object('cart', to_jsonb(k)) FROM carts k WHERE k.workspace_id = workspace AND k.id = e.subject_id)
    WHEN 'post_purchase' THEN (SELECT jsonb_build_object('order', to_jsonb(o) || jsonb_build_object('items', coalesce((
        SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position) FROM order_items i WHERE i.workspace_id = workspace AND i.order_id = o.id), '[]')))
      FROM orders o WHERE o.workspace_id = workspace AND o.id = e.subject_id)
    WHEN 'back_in_stock' THEN (SELECT jsonb_build_object('products', coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('variants', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', v.name, 'price', v.price) ORDER BY v.position), '[]') FROM product_variants v
        WHERE v.workspace_id = workspace AND v.product_id = p.id AND v.external_id <> '' AND about.variant_id IN ('', v.external_id)
          AND (v.stock IS NULL OR v.stock > 0))) ORDER BY p.name, p.id), '[]'))
      FROM (SELECT b.product_id, CASE WHEN bool_or(b.variant_id = '') THEN '' ELSE min(b.variant_id) END AS variant_id
        FROM event_products(workspace, delivery) b WHERE b.can_be_bought GROUP BY b.product_id) about
      JOIN products p ON p.workspace_id = workspace AND p.id = about.product_id)
    ELSE '{}' END
  FROM delivery_events e WHERE e.workspace_id = workspace AND e.delivery_id = delivery
$$;

-- As in 0070, and: a telling that is under way ends with its automation.
CREATE OR REPLACE FUNCTION automation_switched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_on boolean := coalesce((new.trigger->>'enabled')::boolean, false) AND new.status <> 'archived';
BEGIN
  IF is_on THEN
    INSERT INTO trigger_states AS s (workspace_id, campaign_id, kind, enabled_at) VALUES (new.workspace_id, new.id, new.kind, new.updated_at)
    ON CONFLICT (campaign_id) DO UPDATE SET enabled_at = excluded.enabled_at, disabled_at = NULL WHERE s.enabled_at IS NULL;
  ELSE
    UPDATE trigger_states SET enabled_at = NULL, disabled_at = new.updated_at WHERE campaign_id = new.id AND enabled_at IS NOT NULL;
    DELETE FROM trigger_waits WHERE campaign_id = new.id;
    UPDATE restock_batches SET done_at = new.updated_at WHERE campaign_id = new.id AND done_at IS NULL;
  END IF;
  RETURN NULL;
END $$;

-- What is new in the settings of automations, as the contract's defaults have it.
UPDATE campaigns SET trigger = '{"unless": {"bought": true, "sold_out": true, "messaged_today": false}, "cool_down_hours": 24,
  "waiting": ["subscribed", "viewed", "carted"]}'::jsonb || trigger WHERE trigger IS NOT NULL;
