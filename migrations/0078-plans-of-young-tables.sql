-- Triggers of the shop's batches keep the plan of their first call in each session, and that is made while the tables of a new
-- installation are empty: whatever index begins with the workspace, or the table as a whole, looks as good as the right index. The
-- second batch of 1,000 carts in a session took minutes (bench automations). Planned at each batch instead: a millisecond.
ALTER FUNCTION carts_touched() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION orders_delivered() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION restocked() SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION products_viewed() SET plan_cache_mode = force_custom_plan;
