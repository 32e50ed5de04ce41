-- What people were shown of a script when they agreed to run it.
-- +goose Up

CREATE TABLE agreement (
	wiki         TEXT    NOT NULL,
	user_id      BIGINT  NOT NULL,
	title        TEXT    NOT NULL,
	digest       TEXT    NOT NULL,
	confirmed    BOOLEAN NOT NULL,
	capabilities TEXT    NOT NULL,
	made         BIGINT  NOT NULL,
	PRIMARY KEY (wiki, user_id, title)
);
