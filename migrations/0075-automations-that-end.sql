-- With a person, or a cart or order of theirs, goes what still waits for it: a delay may be a year long.
CREATE FUNCTION forget_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM trigger_waits w USING gone g WHERE w.workspace_id = g.workspace_id AND w.subject_id = g.id;
  RETURN NULL;
END $$;
CREATE TRIGGER carts_gone AFTER DELETE ON carts
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_waits();
CREATE TRIGGER orders_gone AFTER DELETE ON orders
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_waits();

-- An automation that is archived was a draft, as it is on the wire whether on or off.
ALTER TABLE campaigns DROP CONSTRAINT campaigns_archived_from_check,
  ADD CONSTRAINT campaigns_archived_from_check CHECK (archived_from IN ('published', 'failed', 'cancelled', 'draft'));
