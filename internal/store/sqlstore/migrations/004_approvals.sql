-- What waits for people, whose keys count, and the log of what was decided.
-- +goose Up

CREATE TABLE waiting (
	wiki    TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	digest  TEXT   NOT NULL,
	state   TEXT   NOT NULL,
	version BIGINT NOT NULL,
	sealed  BYTEA  NOT NULL,
	notes   BYTEA  NOT NULL,
	created BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (wiki, id)
);
CREATE INDEX waiting_by_user ON waiting (wiki, user_id, changed);
CREATE INDEX waiting_open ON waiting (wiki, created) WHERE state IN ('parked', 'approved', 'sending');

CREATE TABLE approver_key (
	wiki    TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	label   BYTEA  NOT NULL,
	public  BYTEA  NOT NULL,
	added   BIGINT NOT NULL,
	counts  BIGINT NOT NULL,
	revoked BIGINT NOT NULL, -- 0: it is good
	PRIMARY KEY (wiki, id)
);
CREATE INDEX approver_key_by_user ON approver_key (wiki, user_id, added);

CREATE TABLE invite (
	wiki    TEXT   NOT NULL,
	token   TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	origin  TEXT   NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (wiki, token)
);

CREATE TABLE log_entry (
	wiki TEXT   NOT NULL,
	seq  BIGINT NOT NULL,
	made BIGINT NOT NULL,
	kind TEXT   NOT NULL,
	body BYTEA  NOT NULL,
	hash TEXT   NOT NULL,
	PRIMARY KEY (wiki, seq)
);
