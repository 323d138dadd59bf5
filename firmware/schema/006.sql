-- A message that the regency has receipted stays a while, settled: a regency that was restored
-- from an old backup asks for it again.
ALTER TABLE outbox ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE settled = 0 AND dead = '';
