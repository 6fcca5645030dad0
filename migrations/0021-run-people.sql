-- The people of a run are written before the run itself, in one transaction.
ALTER TABLE run_people DROP CONSTRAINT run_people_run_id_fkey,
  ADD CONSTRAINT run_people_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
