-- A message says nothing of a cart or order that has become somebody else's, ends with the switch of its automation, and the reason it
-- gives is the true one.

-- As in 0074, and: whose it is; since when the automation is on; of a cart that was filled anew what became of the former one.
CREATE OR REPLACE FUNCTION event_over(workspace uuid, e delivery_events, whose uuid, since timestamptz, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  cart carts;
  bought orders;
  unless jsonb;
  in_stock boolean;
  open boolean;
BEGIN
  SELECT coalesce(c.trigger->'unless', '{}') INTO unless FROM campaigns c
  -- what was decided before it was switched off and on again has ended with that, as what waited has
  JOIN trigger_states s ON s.campaign_id = c.id AND s.enabled_at <= since
  WHERE c.workspace_id = workspace AND c.id = e.campaign_id;
  IF NOT FOUND THEN RETURN 'automation_off'; END IF;
  IF e.kind = 'abandoned_cart' THEN
    SELECT * INTO cart FROM carts WHERE workspace_id = workspace AND id = e.subject_id;
    IF NOT FOUND THEN RETURN 'cart_emptied'; END IF;
    IF cart.contact_id IS DISTINCT FROM whose THEN RETURN 'changed_hands'; END IF;
    -- whatever is ticked: what was decided on is another cart now
    IF cart.version > e.version THEN RETURN CASE WHEN EXISTS (SELECT FROM cart_touches t
      WHERE t.workspace_id = workspace AND t.cart_id = cart.id AND t.version = e.version AND t.status = 'ordered')
      THEN 'cart_bought' ELSE 'cart_emptied' END; END IF;
    IF coalesce((unless->>'bought')::boolean, true) AND (cart.status = 'ordered' OR EXISTS (
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
    SELECT * INTO bought FROM orders WHERE workspace_id = workspace AND id = e.subject_id;
    IF bought.status IS DISTINCT FROM 'delivered' THEN RETURN 'order_returned'; END IF;
    IF bought.contact_id IS DISTINCT FROM whose THEN RETURN 'changed_hands'; END IF;
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

-- As in 0071, and: only what is still theirs.
CREATE OR REPLACE FUNCTION event_content(workspace uuid, delivery uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('kind', e.kind) || CASE e.kind
    WHEN 'abandoned_cart' THEN (SELECT jsonb_build_object('cart', to_jsonb(k)) FROM carts k
      WHERE k.workspace_id = workspace AND k.id = e.subject_id AND k.contact_id = d.contact_id)
    WHEN 'post_purchase' THEN (SELECT jsonb_build_object('order', to_jsonb(o) || jsonb_build_object('items', coalesce((
        SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position) FROM order_items i WHERE i.workspace_id = workspace AND i.order_id = o.id), '[]')))
      FROM orders o WHERE o.workspace_id = workspace AND o.id = e.subject_id AND o.contact_id = d.contact_id)
    WHEN 'back_in_stock' THEN (SELECT jsonb_build_object('products', coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('variants', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', v.name, 'price', v.price) ORDER BY v.position), '[]') FROM product_variants v
        WHERE v.workspace_id = workspace AND v.product_id = p.id AND v.external_id <> '' AND about.variant_id IN ('', v.external_id)
          AND (v.stock IS NULL OR v.stock > 0))) ORDER BY p.name, p.id), '[]'))
      FROM (SELECT b.product_id, CASE WHEN bool_or(b.variant_id = '') THEN '' ELSE min(b.variant_id) END AS variant_id
        FROM event_products(workspace, delivery) b WHERE b.can_be_bought GROUP BY b.product_id) about
      JOIN products p ON p.workspace_id = workspace AND p.id = about.product_id)
    ELSE '{}' END
  FROM delivery_events e JOIN deliveries d ON d.workspace_id = e.workspace_id AND d.id = e.delivery_id
  WHERE e.workspace_id = workspace AND e.delivery_id = delivery
$$;
