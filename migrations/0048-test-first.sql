-- A run whose campaign is tried out first: the test messages that its launch sent, and when somebody said that everybody may get it.
-- NULL: no test was asked for. While go_at is NULL the run is paused.
ALTER TABLE runs ADD COLUMN test_deliveries uuid[], ADD COLUMN go_at timestamptz;
