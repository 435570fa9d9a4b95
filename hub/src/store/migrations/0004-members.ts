import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 4,
  name: 'members',
  up: `
    CREATE TABLE dwellings (
      pk INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      name TEXT NOT NULL COLLATE NOCASE UNIQUE
    ) STRICT;

    CREATE TABLE households (
      pk INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      name TEXT NOT NULL
    ) STRICT;

    CREATE TABLE members (
      seat INTEGER PRIMARY KEY CHECK (seat BETWEEN 1 AND 16777215),
      id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      name TEXT NOT NULL,
      class TEXT NOT NULL CHECK (class IN ('resident', 'guest')),
      address TEXT NOT NULL UNIQUE,
      key_storage TEXT NOT NULL CHECK (key_storage IN ('hub', 'wallet')),
      dwelling_pk INTEGER REFERENCES dwellings (pk),
      household_pk INTEGER REFERENCES households (pk),
      language TEXT NOT NULL CHECK (language IN ('en', 'es')),
      tile_shows TEXT NOT NULL DEFAULT 'name',
      tile_alias TEXT,
      enrolled_at_ms INTEGER NOT NULL,
      recorded_at_ms INTEGER,
      recovery_confirm_due_at_ms INTEGER,
      outgoing_waits_until_ms INTEGER
    ) STRICT;
    CREATE INDEX member_by_dwelling ON members (dwelling_pk);
    CREATE INDEX member_by_household ON members (household_pk);

    CREATE TABLE member_roles (
      seat INTEGER NOT NULL REFERENCES members (seat),
      role TEXT NOT NULL,
      PRIMARY KEY (seat, role)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX member_role_by_role ON member_roles (role);

    CREATE TABLE key_wraps (
      seat INTEGER NOT NULL REFERENCES members (seat),
      kind TEXT NOT NULL CHECK (kind IN ('pin', 'recovery')),
      salt BLOB NOT NULL,
      memory_kib INTEGER,
      passes INTEGER,
      lanes INTEGER,
      is_hub_bound INTEGER NOT NULL,
      nonce BLOB NOT NULL,
      sealed BLOB NOT NULL,
      lookup BLOB UNIQUE,
      PRIMARY KEY (seat, kind)
    ) STRICT;

    CREATE TABLE pin_locks (
      tile_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      failures INTEGER NOT NULL,
      failed_at_ms INTEGER NOT NULL,
      PRIMARY KEY (tile_id, device_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE devices (
      pk INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      token_hash BLOB NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'phone')),
      seat INTEGER REFERENCES members (seat),
      name TEXT NOT NULL,
      approved_at_ms INTEGER NOT NULL,
      last_seen_at_ms INTEGER NOT NULL,
      CHECK ((kind = 'phone') = (seat IS NOT NULL))
    ) STRICT;
    CREATE INDEX device_by_seat ON devices (seat);

    CREATE TABLE sessions (
      pk INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      token_hash BLOB NOT NULL UNIQUE,
      device_pk INTEGER NOT NULL UNIQUE REFERENCES devices (pk) ON DELETE CASCADE,
      seat INTEGER NOT NULL REFERENCES members (seat),
      opened_at_ms INTEGER NOT NULL,
      last_seen_at_ms INTEGER NOT NULL,
      expires_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_by_seat ON sessions (seat);
    CREATE INDEX session_by_expiry ON sessions (expires_at_ms);

    CREATE TABLE approval_codes (
      pk INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('phone', 'kiosk', 'claim')),
      code_hash BLOB NOT NULL,
      link_hash BLOB,
      seat INTEGER REFERENCES members (seat),
      made_at_ms INTEGER NOT NULL,
      expires_at_ms INTEGER,
      UNIQUE (kind, code_hash)
    ) STRICT;
    CREATE INDEX approval_code_by_link ON approval_codes (kind, link_hash);
  `,
  down: 'refused: members’ keys would be lost',
};
