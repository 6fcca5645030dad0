-- The figures of automations (server/triggers/figures/): what they read has an index, and what the claim asks of an event can be asked
-- of one that has no row yet.

-- the last days of a campaign, and what it brought
CREATE INDEX deliveries_by_day ON deliveries (workspace_id, campaign_id, sent_at) WHERE source = 'campaign' AND sent_at IS NOT NULL;
CREATE INDEX deliveries_by_conversion ON deliveries (workspace_id, campaign_id, converted_at, id) WHERE converted_at IS NOT NULL;
-- whom the last days would have thanked
CREATE INDEX orders_by_delivery ON orders (workspace_id, delivered_at) WHERE delivered_at IS NOT NULL;

-- Of these products, each with the variant that is meant ('': any): what can be bought at this moment. One row for each.
CREATE FUNCTION products_there(workspace uuid, ids text[], variants text[])
RETURNS TABLE (product_id uuid, external_id text, variant_id text, can_be_bought boolean) LANGUAGE sql STABLE AS $$
  SELECT p.id, about.external_id, about.variant_id, p.status = 'active' AND EXISTS (
    SELECT FROM product_variants v WHERE v.workspace_id = p.workspace_id AND v.product_id = p.id
      AND about.variant_id IN ('', v.external_id) AND (v.stock IS NULL OR v.stock > 0))
  FROM unnest(ids, variants) AS about (external_id, variant_id)
  JOIN products p ON p.workspace_id = workspace AND p.external_id = about.external_id
$$;
CREATE OR REPLACE FUNCTION event_products(workspace uuid, delivery uuid)
RETURNS TABLE (product_id uuid, external_id text, variant_id text, can_be_bought boolean) LANGUAGE sql STABLE AS $$
  SELECT there.* FROM delivery_events e CROSS JOIN LATERAL products_there(workspace, e.products, e.variants) there
  WHERE e.workspace_id = workspace AND e.delivery_id = delivery
$$;

-- Why this event is none any more, or NULL, as event_refusal said in 0071; `whose` it is, and since when it is decided on. It may have
-- no row yet: then e.delivery_id is NULL.
CREATE FUNCTION event_over(workspace uuid, e delivery_events, whose uuid, since timestamptz, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  cart carts;
  unless jsonb;
  in_stock boolean;
  open boolean;
BEGIN
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
    SELECT bool_or(b.can_be_bought), bool_or(b.can_be_bought AND NOT (coalesce((unless->>'bought')::boolean, true) AND EXISTS (
      SELECT FROM orders o JOIN order_items i ON i.workspace_id = o.workspace_id AND i.order_id = o.id AND i.product_id = b.external_id
      -- since they last wanted it: the shop may tell of an order later than of the stock
      WHERE o.workspace_id = workspace AND o.contact_id = whose AND o.status NOT IN ('cancelled', 'returned') AND o.placed_at >= coalesce((
        SELECT max(i.at) FROM product_interest i
        WHERE i.workspace_id = workspace AND i.product_id = b.product_id AND i.contact_id = whose), since))))
    INTO in_stock, open FROM products_there(workspace, e.products, e.variants) b;
    IF NOT coalesce(in_stock, false) THEN RETURN 'sold_out'; END IF;
    IF NOT open THEN RETURN 'already_bought'; END IF;
  END IF;
  IF coalesce((unless->>'messaged_today')::boolean, false) AND EXISTS (
    SELECT FROM deliveries h
    JOIN campaigns c ON c.workspace_id = h.workspace_id AND c.id = h.campaign_id AND c.kind IN ('broadcast', 'bulk_message')
    JOIN workspaces w ON w.id = h.workspace_id
    LEFT JOIN contacts p ON p.workspace_id = h.workspace_id AND p.id = h.contact_id
    WHERE h.workspace_id = workspace AND h.contact_id = whose AND h.source = 'campaign' AND h.purpose = 'marketing'
      AND h.campaign_id <> e.campaign_id AND h.state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
      AND coalesce(h.sent_at, h.claimed_at) >= date_trunc('day', at, coalesce(p.time_zone, w.time_zone, 'UTC')))
  THEN RETURN 'offer_today'; END IF;
  RETURN NULL;
END $$;

-- Asked by the claim, at the very moment of sending. Codes: contract/deliveries.ts.
CREATE OR REPLACE FUNCTION event_refusal(workspace uuid, delivery uuid, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  e delivery_events;
  d record;
BEGIN
  SELECT * INTO e FROM delivery_events WHERE workspace_id = workspace AND delivery_id = delivery;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT contact_id, created_at INTO d FROM deliveries WHERE workspace_id = workspace AND id = delivery;
  RETURN event_over(workspace, e, d.contact_id, d.created_at, at);
END $$;
