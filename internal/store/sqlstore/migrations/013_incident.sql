-- What an outbreak breaker has stopped.
-- +goose Up

CREATE TABLE incident (
	wiki    TEXT   NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	body    BYTEA  NOT NULL,
	changed BIGINT NOT NULL
);
