-- Who was served which text: a set of accounts for each text, minute, and process that gathered it; and what a script's text came after.
-- +goose Up

CREATE TABLE exposure (
	wiki   TEXT   NOT NULL,
	digest TEXT   NOT NULL,
	minute BIGINT NOT NULL,
	title  TEXT   NOT NULL,
	part   BIGINT NOT NULL,
	people BYTEA  NOT NULL,
	missed BIGINT NOT NULL,
	PRIMARY KEY (wiki, digest, minute, title, part)
);
CREATE INDEX exposure_by_title ON exposure (wiki, title, minute);
CREATE INDEX exposure_by_minute ON exposure (wiki, minute);

-- The text that a script's newest one is compared with.
ALTER TABLE script ADD COLUMN base TEXT NOT NULL DEFAULT '';
