-- WhatsApp delivers no marketing templates to numbers of the United States ("Per-user marketing template message limits" and
-- "Marketing messages", 2026-11-20). Which runs send one is asked at their launch, and again when WhatsApp gives a template
-- another category.
ALTER TABLE runs ADD COLUMN marketing_template boolean NOT NULL DEFAULT false;

-- Whether one of the wordings of a campaign or a run is a marketing template of that connection.
CREATE FUNCTION sells_by_template(workspace uuid, connection uuid, content jsonb, settings jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT content #> '{whatsapp,template}' AS named
      UNION ALL SELECT v #> '{content,whatsapp,template}' FROM jsonb_path_query(settings, '$.ab.variants[*]') v
    ) said
    JOIN whatsapp_templates t ON t.workspace_id = workspace AND t.connection_id = connection
      AND t.name = said.named ->> 'name' AND t.language = said.named ->> 'language' AND t.category = 'MARKETING')
$$;

CREATE FUNCTION judge_runs_of_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE runs r SET marketing_template = sells_by_template(r.workspace_id, r.connection_id, r.content, r.settings)
  WHERE r.workspace_id = new.workspace_id AND r.connection_id = new.connection_id AND r.status IN ('active', 'paused')
    AND r.marketing_template <> sells_by_template(r.workspace_id, r.connection_id, r.content, r.settings);
  RETURN NULL;
END $$;
CREATE TRIGGER whatsapp_templates_category AFTER UPDATE OF category ON whatsapp_templates FOR EACH ROW
  WHEN (old.category IS DISTINCT FROM new.category) EXECUTE FUNCTION judge_runs_of_template();
