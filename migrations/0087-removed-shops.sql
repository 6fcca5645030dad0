-- A shop that was removed can be connected again as itself: what stays of it beside its prefix.
ALTER TABLE shop_prefixes
  ADD COLUMN kind text,
  ADD COLUMN name text,
  ADD COLUMN shop_url text,
  ADD COLUMN removed_at timestamptz;
