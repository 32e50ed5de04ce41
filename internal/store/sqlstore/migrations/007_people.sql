-- How somebody becomes an approver without a key of their own, and what may be guessed.
-- +goose Up

CREATE TABLE recovery (
	wiki    TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	state   TEXT   NOT NULL,
	version BIGINT NOT NULL,
	key_id  TEXT   NOT NULL,
	label   BYTEA  NOT NULL,
	public  BYTEA  NOT NULL,
	notes   BYTEA  NOT NULL,
	created BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (wiki, id)
);
CREATE INDEX recovery_open ON recovery (wiki, expires) WHERE state = 'asked';

CREATE TABLE tries (
	wiki  TEXT   NOT NULL,
	name  TEXT   NOT NULL,
	count BIGINT NOT NULL,
	last  BIGINT NOT NULL,
	PRIMARY KEY (wiki, name)
);
CREATE INDEX tries_by_last ON tries (wiki, last);

CREATE TABLE used_step (
	wiki TEXT   NOT NULL,
	id   TEXT   NOT NULL,
	step BIGINT NOT NULL,
	PRIMARY KEY (wiki, id)
);

CREATE INDEX waiting_sending ON waiting (wiki, changed) WHERE state = 'sending';
