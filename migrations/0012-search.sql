-- Parts of names, addresses and numbers are found by their trigrams: a log or a list of a million people answers at once.
-- An installation may have the extension already, in a schema of its own choice.
CREATE SCHEMA IF NOT EXISTS trigrams;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA trigrams;
DO $$
DECLARE
  place text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
  -- server/contacts/search.ts asks by the same expressions, word for word
  EXECUTE format($index$CREATE INDEX contacts_by_text ON contacts USING gin ((coalesce(first_name, '') || ' ' || coalesce(last_name, '')
    || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || coalesce(external_id, '')) %I.gin_trgm_ops)$index$, place);
  EXECUTE format($index$CREATE INDEX identities_by_text ON identities USING gin ((address || ' ' || coalesce(username, '')) %I.gin_trgm_ops)$index$, place);
END $$;
