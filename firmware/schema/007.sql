-- The message by which this kiosk told the regency that the entry's key is another one now. Until
-- the regency has answered it, no entry with another key takes this one's place.
ALTER TABLE directory ADD COLUMN change_id TEXT NOT NULL DEFAULT '';
