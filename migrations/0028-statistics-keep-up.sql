-- The planner must know a workspace as soon as it has some thousand rows, also where the others have millions: of one that the
-- statistics have not seen it expects a single row, and looks people up through the wrong index (server/platform/db/statistics.ts).
ALTER TABLE contacts SET (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.005);
ALTER TABLE identities SET (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.005);
ALTER TABLE consents SET (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.005);
ALTER TABLE contact_ranks SET (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.005);
