-- By which message from the regency a row was last changed, so that an older one that comes
-- again (its receipt was lost) changes nothing.
ALTER TABLE directory ADD COLUMN srv_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN srv_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN srv_seq INTEGER NOT NULL DEFAULT 0;
