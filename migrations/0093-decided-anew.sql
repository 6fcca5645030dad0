-- Which touch of a cart its row answers to: what was left out then may be decided anew after the next one
-- (server/deliveries/runs/former-rows.ts). Of rows from before: not known.
ALTER TABLE delivery_events ADD COLUMN since timestamptz;

-- as before, and the touch is noted where the clock of a reminder begins anew
CREATE OR REPLACE FUNCTION carts_touched()
 RETURNS trigger
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
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
  -- A reminder that is decided on and waits for its hour: the clock begins anew for it too. Step by step by the keys (OFFSET 0), and
  -- not as the planner likes: on tables it has no figures of yet it read every row of the workspace once for each cart.
  WITH reminders AS MATERIALIZED (
    SELECT d.workspace_id, d.id, k.updated_at AS touched_at, k.updated_at + make_interval(mins => c.delay_minutes) AS due_at
    FROM changed k
    CROSS JOIN LATERAL (SELECT * FROM delivery_events e WHERE e.workspace_id = k.workspace_id AND e.subject_id = k.id OFFSET 0) e
    CROSS JOIN LATERAL (SELECT * FROM deliveries d WHERE d.workspace_id = e.workspace_id AND d.id = e.delivery_id OFFSET 0) d
    CROSS JOIN LATERAL (SELECT (c.trigger->>'delay_minutes')::int AS delay_minutes FROM campaigns c
      WHERE c.workspace_id = e.workspace_id AND c.id = e.campaign_id OFFSET 0) c
    WHERE e.version = k.version AND d.state = 'queued' AND cart_is_full(k.status, k.items)
  ), moved AS (
    UPDATE deliveries d SET due_at = greatest(d.due_at, r.due_at)
    FROM reminders r WHERE d.workspace_id = r.workspace_id AND d.id = r.id AND d.state = 'queued'
    RETURNING d.workspace_id, d.id, r.touched_at
  )
  UPDATE delivery_events e SET since = greatest(e.since, m.touched_at)
    FROM moved m WHERE e.workspace_id = m.workspace_id AND e.delivery_id = m.id;
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
END $function$;
