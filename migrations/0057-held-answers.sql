-- When the platform first said of a message of the run that it holds it back (WhatsApp's pacing of templates): from then on
-- its silence proves nothing of the run's others.
ALTER TABLE runs ADD COLUMN held_answer_at timestamptz;
