-- The kiosk's durable state. No column holds readable personal data: profiles, letters and
-- summaries are sealed to their resident, requests to the regency, and a card is filed under
-- its tag (HMAC of the UID). Times are ISO 8601 with offset.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO meta (name, value) VALUES ('boot', 0), ('seq', 0), ('srv_seq', 0), ('visits', 0);

-- Who may be served here. From dn/res.
CREATE TABLE directory (
    tag            BLOB PRIMARY KEY,
    salt           BLOB NOT NULL,
    kdf_passes     INTEGER NOT NULL,
    kdf_memory_kib INTEGER NOT NULL,
    kdf_lanes      INTEGER NOT NULL,
    public_key     BLOB NOT NULL,
    sealed_profile BLOB NOT NULL,
    revoked        INTEGER NOT NULL
) STRICT;

-- Wrong PINs in a row. Counted before the PIN is tried, so that pulling the plug gains nothing.
CREATE TABLE wrong_pin (
    tag   BLOB PRIMARY KEY,
    tries INTEGER NOT NULL
) STRICT;

-- Requests made here. sealed_summary is for the resident's own next visit.
CREATE TABLE request (
    id             TEXT PRIMARY KEY,
    tag            BLOB NOT NULL,
    state          TEXT NOT NULL,
    sealed_summary BLOB NOT NULL,
    created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX request_of ON request (tag);

-- Signed letters to collect. From dn/res.
CREATE TABLE letter (
    request_id TEXT PRIMARY KEY,
    tag        BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    copies     INTEGER NOT NULL
) STRICT;
CREATE INDEX letter_of ON letter (tag);

-- What must reach the regency. A row goes only on the regency's receipt; one that the regency
-- refused stays as dead, with its reason.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('req', 'evt')),
    request_id TEXT NOT NULL,
    payload    BLOB NOT NULL,
    created_at TEXT NOT NULL,
    dead       TEXT NOT NULL DEFAULT ''
) STRICT;

-- Messages from the regency that could not be used, for a technician; never their content.
CREATE TABLE dead_letter (
    at     TEXT NOT NULL,
    topic  TEXT NOT NULL,
    bytes  INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Print jobs. content is a ticket under a key that does not outlive the power, or NULL for a
-- letter, which only its resident's PIN opens.
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('ticket', 'letter')),
    request_id TEXT NOT NULL,
    medium     TEXT NOT NULL CHECK (medium IN ('roll', 'page')),
    copy       INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN
                   ('QUEUED', 'SENDING', 'CONFIRMED', 'UNCONFIRMED', 'BLOCKED', 'UNKNOWN', 'VOID')),
    content    BLOB,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX print_job_of ON print_job (request_id);
