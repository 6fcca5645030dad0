-- The list of campaigns at a hundred thousand: each order has an index that also holds all that a filter asks, so that the worst
-- question reads one index through, and no row beside those of its page.
ALTER TABLE campaigns
  ADD COLUMN channel text,
  ADD COLUMN training text NOT NULL DEFAULT 'not_trained' CHECK (training IN ('not_trained', 'training', 'trained')),
  ADD COLUMN estimated_reach integer,
  ADD COLUMN estimated_at timestamptz,
  -- when it goes out or went out
  ADD COLUMN planned_at timestamptz GENERATED ALWAYS AS (coalesce(scheduled_at, launched_at)) STORED,
  -- as it is sorted and searched: in small letters, without accents
  ADD COLUMN plain_name text NOT NULL GENERATED ALWAYS AS (
    translate(lower(normalize(btrim(name), NFD)), U&'\0300\0301\0302\0303\0304\0306\0307\0308\030A\030B\030C\0323\0327\0328', '')) STORED;

-- that of its connection, whoever writes the row
CREATE FUNCTION set_campaign_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.channel := (SELECT n.channel FROM connections n WHERE n.workspace_id = NEW.workspace_id AND n.id = NEW.connection_id);
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_channel BEFORE INSERT OR UPDATE OF connection_id ON campaigns
  FOR EACH ROW EXECUTE FUNCTION set_campaign_channel();
UPDATE campaigns SET connection_id = connection_id;

DROP INDEX campaigns_by_created_at;
CREATE INDEX campaigns_by_created_at ON campaigns (workspace_id, featured, created_at, id)
  INCLUDE (status, kind, channel, training, number, planned_at, plain_name);
CREATE INDEX campaigns_by_updated_at ON campaigns (workspace_id, featured, updated_at, id)
  INCLUDE (status, kind, channel, training, number, planned_at, plain_name, created_at);
CREATE INDEX campaigns_by_name ON campaigns (workspace_id, featured, plain_name, id)
  INCLUDE (status, kind, channel, training, number, planned_at, created_at);
CREATE INDEX campaigns_by_planned_at ON campaigns (workspace_id, featured, planned_at, id)
  INCLUDE (status, kind, channel, training, number, plain_name, created_at);
CREATE INDEX campaigns_by_status ON campaigns (workspace_id, featured, status, created_at, id)
  INCLUDE (kind, channel, training, number, planned_at, plain_name);
-- without `n`, which each batch of a run counts on: it would be written anew each time
CREATE INDEX run_counts_unknown ON run_counts (workspace_id, run_id) WHERE state = 'unknown';
