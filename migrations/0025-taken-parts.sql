-- A part of a run's people stays until the run has ended: a merge that is undone meanwhile asks who was meant.
ALTER TABLE run_people ADD COLUMN taken boolean NOT NULL DEFAULT false;
