-- What came in of a connection's statuses, by when they happened (five seconds each) and not by when they arrived: an hour's backlog that
-- comes late says nothing of a message tried a minute ago.
CREATE TABLE receipt_flow (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  slot timestamptz NOT NULL,
  -- the first of them happened
  first_at timestamptz NOT NULL,
  -- the first of them arrived
  received_at timestamptz NOT NULL,
  -- the latest of them took so long
  lag_seconds double precision NOT NULL,
  PRIMARY KEY (connection_id, slot)
);
DROP TABLE receipt_minutes;
