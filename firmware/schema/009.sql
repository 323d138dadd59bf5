-- Whose card it is: empty for a resident, 'officer' for an officer of the village.
ALTER TABLE directory ADD COLUMN role TEXT NOT NULL DEFAULT '';

-- Enrolments made here, by the message that tells the regency of them. Whether one was accepted
-- is seen by the directory, whether it was refused by the outbox. sealed_note is for the officer.
CREATE TABLE enrolment (
    id          TEXT PRIMARY KEY,
    tag         BLOB NOT NULL,
    public_key  BLOB NOT NULL,
    sealed_note BLOB NOT NULL,
    at          TEXT NOT NULL
) STRICT;
