-- A shop may tell of a cart or an order by ids of products alone. What a message says of them then comes from the product, as it is now.

CREATE FUNCTION items_with_products(workspace uuid, items jsonb) RETURNS TABLE (place bigint, item jsonb, name text, url text, image_url text, currency text, price numeric)
LANGUAGE sql STABLE AS $$
  SELECT line.place, line.item, coalesce(nullif(btrim(line.item->>'name'), ''), p.name || coalesce(', ' || v.name, '')),
    coalesce(line.item->>'url', p.url), coalesce(line.item->>'image_url', p.image_url), p.currency, coalesce(v.price, p.price)
  FROM jsonb_array_elements(items) WITH ORDINALITY AS line (item, place)
  LEFT JOIN products p ON p.workspace_id = workspace AND p.external_id = line.item->>'product_id'
  LEFT JOIN product_variants v ON v.workspace_id = workspace AND v.product_id = p.id AND v.external_id = coalesce(line.item->>'variant_id', '')
$$;

-- `cart`: a row of carts as JSON.
CREATE FUNCTION cart_with_products(workspace uuid, cart jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH lines AS MATERIALIZED (
    SELECT * FROM items_with_products(workspace, cart->'items')
  ), own AS (
    -- a cart that names none is in that of its products; prices in another are left out
    SELECT coalesce(cart->>'currency', (SELECT l.currency FROM lines l WHERE l.price IS NOT NULL ORDER BY l.place LIMIT 1)) AS currency
  )
  SELECT cart || jsonb_build_object('currency', own.currency, 'items', (
    SELECT coalesce(jsonb_agg(l.item || jsonb_build_object('name', l.name, 'url', l.url, 'image_url', l.image_url,
      'price', coalesce(l.item->>'price', CASE WHEN l.currency = own.currency THEN l.price::text END)) ORDER BY l.place), '[]') FROM lines l))
  FROM own
$$;

-- `bought`: a row of orders as JSON, with its items. What was paid stands there.
CREATE FUNCTION order_with_products(workspace uuid, bought jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT bought || jsonb_build_object('items', (SELECT coalesce(jsonb_agg(l.item || jsonb_build_object('name', l.name) ORDER BY l.place), '[]')
    FROM items_with_products(workspace, bought->'items') l))
$$;

-- `event`: what event_content answers.
CREATE FUNCTION event_with_products(workspace uuid, event jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN event ? 'cart' THEN event || jsonb_build_object('cart', cart_with_products(workspace, event->'cart'))
    WHEN event ? 'order' THEN event || jsonb_build_object('order', order_with_products(workspace, event->'order'))
    ELSE event END
$$;
