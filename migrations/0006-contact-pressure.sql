-- Contact pressure: how often and when people may be messaged, set per workspace, over all its channels and campaigns.

ALTER TABLE workspaces
  -- [{ "purpose", "max", "period_hours" }], contract/pressure.ts frequencyCap
  ADD COLUMN frequency_caps jsonb DEFAULT '[]'::jsonb NOT NULL,
  -- { "from", "to", "expire_after_hours" }, contract/pressure.ts quietHours
  ADD COLUMN quiet_hours jsonb;

ALTER TABLE deliveries
  -- what the message is for; says something only of source 'campaign'. All before this were promotions
  ADD COLUMN purpose text DEFAULT 'marketing'::text NOT NULL,
  -- when it first could have gone, had its person not been in quiet hours
  ADD COLUMN quiet_since timestamptz;
