-- A print job whose bytes are all with the printer (AWAITING) is told apart from one that is
-- still being sent; how far that was is kept. Service slips (self-check, status, test) are
-- jobs too; their request_id is the slip's name.
CREATE TABLE print_job_new (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('ticket', 'letter', 'service')),
    request_id TEXT NOT NULL,
    medium     TEXT NOT NULL CHECK (medium IN ('roll', 'page')),
    copy       INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('QUEUED', 'SENDING', 'AWAITING', 'BLOCKED',
                   'CONFIRMED', 'UNCONFIRMED', 'UNKNOWN', 'VOID')),
    content    BLOB,
    created_at TEXT NOT NULL,
    sent_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO print_job_new (id, kind, request_id, medium, copy, state, content, created_at)
    SELECT id, kind, request_id, medium, copy, state, content, created_at FROM print_job;
DROP TABLE print_job;
ALTER TABLE print_job_new RENAME TO print_job;
CREATE INDEX print_job_of ON print_job (request_id);
CREATE INDEX print_job_open ON print_job (state)
    WHERE state IN ('QUEUED', 'SENDING', 'AWAITING', 'BLOCKED');

-- Ticket printers that stood here, by what they say of themselves (GS I); '' is one that says
-- nothing. ``abilities`` is what the unit was found able to say. One of them is present.
CREATE TABLE printer_unit (
    unit          TEXT PRIMARY KEY,
    present       INTEGER NOT NULL,
    abilities     TEXT NOT NULL DEFAULT '',
    used_mm       INTEGER NOT NULL DEFAULT 0,
    cuts          INTEGER NOT NULL DEFAULT 0,
    first_seen_at TEXT NOT NULL DEFAULT '',
    last_print_at TEXT NOT NULL DEFAULT '',
    exercised_at  TEXT NOT NULL DEFAULT '',
    exercise      TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO printer_unit (unit, present, used_mm, cuts, last_print_at)
    SELECT '', 1, used_mm, cuts, last_print_at FROM roll;

-- Rolls, newest last; the last one is in the printer. ``ended`` is '' for that one, 'used' for
-- one that gave all it had, 'removed' for one that went with its printer. ``near_end``: its end
-- was seen near; ``told_low``: by the near-end sensor, so that the unit has one that works.
CREATE TABLE paper_roll (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    unit     TEXT NOT NULL,
    used_mm  INTEGER NOT NULL DEFAULT 0,
    cuts     INTEGER NOT NULL DEFAULT 0,
    near_end INTEGER NOT NULL DEFAULT 0,
    told_low INTEGER NOT NULL DEFAULT 0,
    ended    TEXT NOT NULL DEFAULT '' CHECK (ended IN ('', 'used', 'removed'))
) STRICT;
INSERT INTO paper_roll (unit, used_mm, ended) SELECT '', whole_mm, 'used' FROM roll
    WHERE whole_mm > 0;
INSERT INTO paper_roll (unit, used_mm, cuts) SELECT '', used_mm, cuts FROM roll;
DROP TABLE roll;
