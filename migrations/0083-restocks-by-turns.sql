-- As in 0071, and: who notes a return holds the wait that is there already. A check that takes it at that moment has either told of
-- this return, or leaves it to the next check; before, the return could be noted nowhere.
CREATE OR REPLACE FUNCTION restocked() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  -- the first of several returns begins the delay: a stock that flickers must not put it off for ever
  INSERT INTO trigger_waits AS w (workspace_id, campaign_id, subject_id, since)
    SELECT r.workspace_id, s.campaign_id, r.product_id, min(r.at)
    FROM added r JOIN trigger_states s ON s.workspace_id = r.workspace_id AND s.kind = 'back_in_stock' AND s.enabled_at <= r.at
    GROUP BY r.workspace_id, s.campaign_id, r.product_id ORDER BY s.campaign_id, r.product_id
    ON CONFLICT (campaign_id, subject_id) DO UPDATE SET since = w.since;
  RETURN NULL;
END $$;

-- Looks and carts that are no wish any more are found by their time, and deleted (server/shop/forget.ts).
CREATE INDEX product_interest_passing ON product_interest (workspace_id, at) WHERE kind <> 'subscribed';
