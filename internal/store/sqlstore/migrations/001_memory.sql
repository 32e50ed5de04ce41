-- What Sallyport remembers, in words both SQLite and PostgreSQL read.
-- Times are microseconds since 1970 in UTC. BYTEA keeps any bytes and sorts them as bytes on both: SQLite has no type of
-- that name and so leaves the bytes alone.

-- +goose Up

-- Every text once, by the SHA-256 of its bytes.
CREATE TABLE body (
	digest  TEXT  NOT NULL PRIMARY KEY,
	content BYTEA NOT NULL
);

CREATE TABLE page (
	wiki    TEXT   NOT NULL,
	title   TEXT   NOT NULL,
	page_id BIGINT NOT NULL, -- 0: no such page
	rev_id  BIGINT NOT NULL,
	model   TEXT   NOT NULL,
	author  TEXT   NOT NULL,
	digest  TEXT   NOT NULL,
	saved   BIGINT NOT NULL,
	checked BIGINT NOT NULL,
	PRIMARY KEY (wiki, title)
);

-- owners, needs and files are JSON that no statement looks into.
CREATE TABLE gadget (
	wiki        TEXT   NOT NULL,
	page_id     BIGINT NOT NULL,
	title       TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	owner_id    BIGINT NOT NULL,
	owner       TEXT   NOT NULL,
	rev_id      BIGINT NOT NULL,
	digest      TEXT   NOT NULL,
	owners      TEXT   NOT NULL,
	needs       TEXT   NOT NULL,
	files       TEXT   NOT NULL,
	problem     BYTEA  NOT NULL,
	description BYTEA  NOT NULL,
	saved       BIGINT NOT NULL,
	PRIMARY KEY (wiki, page_id)
);

-- Who took a title last. A gadget that has moved on leaves its line here; it counts only while the gadget says the same.
CREATE TABLE gadget_title (
	wiki   TEXT   NOT NULL,
	title  TEXT   NOT NULL,
	gadget BIGINT NOT NULL,
	PRIMARY KEY (wiki, title)
);

CREATE TABLE gadget_file (
	wiki   TEXT   NOT NULL,
	title  TEXT   NOT NULL,
	gadget BIGINT NOT NULL,
	PRIMARY KEY (wiki, title, gadget)
);
CREATE INDEX gadget_file_by_gadget ON gadget_file (wiki, gadget);

-- What the gallery sorts, searches and counts by: one narrow row for each gadget that is known or chosen. The count
-- stays when the gadget goes, as the choices do.
CREATE TABLE gallery (
	wiki     TEXT    NOT NULL,
	gadget   BIGINT  NOT NULL,
	known    BOOLEAN NOT NULL DEFAULT FALSE,
	users    BIGINT  NOT NULL DEFAULT 0 CHECK (users >= 0),
	owner    TEXT    NOT NULL DEFAULT '',
	saved    BIGINT  NOT NULL DEFAULT 0,
	sort_key BYTEA,
	words    TEXT    NOT NULL DEFAULT '',
	PRIMARY KEY (wiki, gadget)
);
CREATE INDEX gallery_by_users ON gallery (wiki, users DESC, gadget) WHERE known;
CREATE INDEX gallery_by_title ON gallery (wiki, sort_key, gadget) WHERE known;
CREATE INDEX gallery_by_saved ON gallery (wiki, saved DESC, gadget) WHERE known;
CREATE INDEX gallery_by_owner ON gallery (wiki, owner, users DESC, gadget) WHERE known;

-- How many gadgets of a wiki are known, so that nobody has to count them.
CREATE TABLE gallery_size (
	wiki    TEXT   NOT NULL PRIMARY KEY,
	gadgets BIGINT NOT NULL CHECK (gadgets >= 0)
);

-- renewed is 0 when the choice is new and counts how often it was made again: it tells an insert from an update.
CREATE TABLE choice (
	wiki     TEXT   NOT NULL,
	user_id  BIGINT NOT NULL,
	gadget   BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	since    BIGINT NOT NULL,
	renewed  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (wiki, user_id, gadget)
);

-- user_groups and user_rights are JSON that no statement looks into.
CREATE TABLE account (
	wiki        TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	user_id     BIGINT NOT NULL, -- 0: nobody has this name
	user_groups TEXT   NOT NULL,
	user_rights TEXT   NOT NULL,
	checked     BIGINT NOT NULL,
	PRIMARY KEY (wiki, name)
);
CREATE UNIQUE INDEX account_by_id ON account (wiki, user_id) WHERE user_id <> 0;

CREATE TABLE progress (
	wiki  TEXT NOT NULL,
	name  TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (wiki, name)
);

CREATE TABLE secret (
	name  TEXT  NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);
