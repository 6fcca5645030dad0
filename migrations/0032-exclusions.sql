-- Who is left out of a run stands beside whom it is meant for, in parts of their own: why, as the send log tells it; NULL: meant.
ALTER TABLE run_people ADD COLUMN cause text;
