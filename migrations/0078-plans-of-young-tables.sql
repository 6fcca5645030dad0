-- Triggers of the shop's batches are planned anew at each batch: the plan of a session's first call is made while the tables of a
-- new installation are empty. It is not the whole cure: the UPDATE of deliveries in carts_touched still reads whole tables there
-- (bench automations, a second batch of 1,000 carts).
ALTER FUNCTION carts_touched() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION orders_delivered() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION restocked() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION products_viewed() SET plan_cache_mode = force_custom_plan;
