-- A merge moves what somebody waits for to somebody else, and its undo back: a telling that has passed that one looks from its beginning
-- again. Who has its row keeps it (deliveries_once), who was told of the product is not told again (server/campaigns/wishes.ts).
CREATE FUNCTION tell_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE restock_batches b SET reached = NULL FROM (SELECT DISTINCT workspace_id FROM changed) m
    WHERE b.workspace_id = m.workspace_id AND b.done_at IS NULL AND b.reached IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER contact_merges_told AFTER INSERT ON contact_merges REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_merged();
CREATE TRIGGER contact_merges_undone AFTER UPDATE ON contact_merges REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_merged();
