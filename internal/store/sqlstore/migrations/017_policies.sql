-- The policy in force on a wiki, the draft of another, and how far that one has come.
-- +goose Up

CREATE TABLE policy (
	wiki    TEXT   NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	body    BYTEA  NOT NULL,
	changed BIGINT NOT NULL
);
