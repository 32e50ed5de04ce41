-- What people should be told, where they want to be told, and what power is used for.
-- +goose Up

CREATE TABLE notice (
	wiki    TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id BIGINT NOT NULL, -- 0: the operators
	name    TEXT   NOT NULL,
	send_to TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	body    BYTEA  NOT NULL,
	made    BIGINT NOT NULL,
	mail    TEXT   NOT NULL,
	tries   BIGINT NOT NULL,
	due     BIGINT NOT NULL,
	trouble TEXT   NOT NULL,
	PRIMARY KEY (wiki, id)
);
CREATE INDEX notice_by_user ON notice (wiki, user_id, made);
CREATE INDEX notice_due ON notice (wiki, due) WHERE mail = 'waiting';
CREATE INDEX notice_aside ON notice (wiki, made) WHERE mail = 'aside';

CREATE TABLE address (
	wiki    TEXT    NOT NULL,
	user_id BIGINT  NOT NULL,
	name    TEXT    NOT NULL,
	address TEXT    NOT NULL,
	told    BOOLEAN NOT NULL,
	asked   TEXT    NOT NULL,
	code    TEXT    NOT NULL,
	sent    BIGINT  NOT NULL,
	PRIMARY KEY (wiki, user_id)
);

CREATE TABLE used (
	wiki    TEXT    NOT NULL,
	user_id BIGINT  NOT NULL,
	name    TEXT    NOT NULL,
	is_page BOOLEAN NOT NULL,
	made    BIGINT  NOT NULL,
	PRIMARY KEY (wiki, user_id, is_page, name)
);
