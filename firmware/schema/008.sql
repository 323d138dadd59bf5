-- Orders from the regency, by topic (cmd or cfg) and number, marked before they run. ``outcome``
-- is '' while one is under way. The newest are kept.
CREATE TABLE order_seen (
    kind    TEXT NOT NULL CHECK (kind IN ('cmd', 'cfg')),
    number  INTEGER NOT NULL,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, number)
) STRICT;
-- What orders changed for good: settings, the settings before, the letter catalogue, whether
-- the kiosk serves.
CREATE TABLE kept (
    name    TEXT PRIMARY KEY,
    payload BLOB NOT NULL
) STRICT;
-- The highest number seen on each topic, and a time (seconds since 1970) that has passed.
INSERT INTO meta (name, value) VALUES ('order_cmd', 0), ('order_cfg', 0), ('clock_floor', 0);
