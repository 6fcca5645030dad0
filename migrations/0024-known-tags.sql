-- The tags there are, to be suggested where one is typed, and numbers of lists that are true whoever takes people out.

-- What has been a tag of somebody. Tags that nobody has any more are forgotten by a daily job (contacts/known-tags.ts).
CREATE TABLE known_tags (
  workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  tag text NOT NULL,
  PRIMARY KEY (workspace_id, tag)
);

-- Known ones are left alone before ON CONFLICT sees them: no lock, no write, for nearly every row.
CREATE FUNCTION know_tags_of_new_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO known_tags (workspace_id, tag)
  SELECT t.workspace_id, t.tag FROM (SELECT DISTINCT workspace_id, unnest(tags) AS tag FROM added) t
  WHERE NOT EXISTS (SELECT FROM known_tags k WHERE k.workspace_id = t.workspace_id AND k.tag = t.tag)
  ORDER BY t.workspace_id, t.tag
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION know_tags_of_changed_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO known_tags (workspace_id, tag)
  SELECT t.workspace_id, t.tag FROM (
    SELECT DISTINCT n.workspace_id, unnest(n.tags) AS tag
    FROM changed n JOIN before b ON b.workspace_id = n.workspace_id AND b.id = n.id WHERE n.tags <> b.tags
  ) t
  WHERE NOT EXISTS (SELECT FROM known_tags k WHERE k.workspace_id = t.workspace_id AND k.tag = t.tag)
  ORDER BY t.workspace_id, t.tag
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER contacts_know_tags_of_new AFTER INSERT ON contacts
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION know_tags_of_new_contacts();
CREATE TRIGGER contacts_know_tags_of_changed AFTER UPDATE ON contacts
  REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION know_tags_of_changed_contacts();
INSERT INTO known_tags (workspace_id, tag) SELECT DISTINCT workspace_id, unnest(tags) FROM contacts;

-- How many are in a list follows from its rows, whoever writes them: people by hand, imports, merges and their undoing, an erasure's
-- cascade. A list that was never counted stays so until its first look. The rows are locked in order, so that two writers meet in it.
CREATE FUNCTION count_list_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH moved AS (
    SELECT workspace_id, segment_id, (CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END)::int AS n
    FROM rows_moved GROUP BY workspace_id, segment_id
  ), locked AS MATERIALIZED (
    SELECT w.workspace_id, w.segment_id, m.n FROM moved m
    JOIN segment_watch w ON w.workspace_id = m.workspace_id AND w.segment_id = m.segment_id
    ORDER BY w.workspace_id, w.segment_id FOR NO KEY UPDATE OF w
  )
  UPDATE segment_watch w SET members = w.members + l.n FROM locked l
  WHERE w.workspace_id = l.workspace_id AND w.segment_id = l.segment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER segment_members_count_added AFTER INSERT ON segment_members
  REFERENCING NEW TABLE AS rows_moved FOR EACH STATEMENT EXECUTE FUNCTION count_list_members();
CREATE TRIGGER segment_members_count_removed AFTER DELETE ON segment_members
  REFERENCING OLD TABLE AS rows_moved FOR EACH STATEMENT EXECUTE FUNCTION count_list_members();
UPDATE segment_watch w SET members = (
  SELECT count(*) FROM segment_members m WHERE m.workspace_id = w.workspace_id AND m.segment_id = w.segment_id)
FROM segments s
WHERE s.workspace_id = w.workspace_id AND s.id = w.segment_id AND s.kind = 'static' AND w.members IS NOT NULL;
