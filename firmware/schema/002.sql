-- How much paper the roll has given, so that its end is known before it comes.
CREATE TABLE roll (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    used_mm       INTEGER NOT NULL,
    cuts          INTEGER NOT NULL,
    last_print_at TEXT NOT NULL,
    whole_mm      INTEGER NOT NULL
) STRICT;
INSERT INTO roll (one, used_mm, cuts, last_print_at, whole_mm) VALUES (1, 0, 0, '', 0);
