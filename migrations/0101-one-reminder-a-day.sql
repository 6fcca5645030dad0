-- Of abandoned carts: at most one reminder per person within the cool-down, of the latest cart. Asked of the row at its claim and of the
-- event that has none yet, as everything here.
CREATE OR REPLACE FUNCTION event_over(workspace uuid, e delivery_events, whose uuid, since timestamp with time zone, at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
DECLARE
  cart carts;
  bought orders;
  unless jsonb;
  cool interval;
  in_stock boolean;
  open boolean;
BEGIN
  SELECT coalesce(c.trigger->'unless', '{}'), make_interval(hours => coalesce((c.trigger->>'cool_down_hours')::int, 24))
  INTO unless, cool FROM campaigns c
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
    IF cool > interval '0' THEN
      -- first, for a person with many carts: it is true of all but one
      IF EXISTS (SELECT FROM carts k WHERE k.workspace_id = workspace AND k.contact_id = whose
        AND (k.updated_at, k.id) > (cart.updated_at, cart.id) AND cart_is_full(k.status, k.items) AND (
          EXISTS (SELECT FROM trigger_waits w WHERE w.campaign_id = e.campaign_id AND w.subject_id = k.id)
          OR EXISTS (SELECT FROM delivery_events n JOIN deliveries d ON d.workspace_id = n.workspace_id AND d.id = n.delivery_id
            WHERE n.workspace_id = workspace AND n.subject_id = k.id AND n.campaign_id = e.campaign_id AND n.version = k.version
              AND d.contact_id = whose AND d.state IN ('planned', 'queued'))))
      THEN RETURN 'later_cart'; END IF;
      IF EXISTS (SELECT FROM deliveries d WHERE d.workspace_id = workspace AND d.contact_id = whose AND d.campaign_id = e.campaign_id
        AND d.source = 'campaign' AND d.id IS DISTINCT FROM e.delivery_id AND d.state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
        AND coalesce(d.sent_at, d.claimed_at) > at - cool)
      THEN RETURN 'reminded_lately'; END IF;
    END IF;
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
END $function$
;
