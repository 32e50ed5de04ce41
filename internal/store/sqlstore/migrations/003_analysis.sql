-- What analyses said about texts, once for each job; the jobs that were set aside; how often those were begun again that
-- had no end at first.
-- +goose Up

CREATE TABLE result (
	digest  TEXT   NOT NULL,
	wiki    TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	version TEXT   NOT NULL,
	path    TEXT   NOT NULL,
	tier    TEXT   NOT NULL,
	body    BYTEA  NOT NULL,
	made    BIGINT NOT NULL,
	PRIMARY KEY (digest, wiki, kind, version, path, tier)
);

CREATE TABLE failure (
	digest  TEXT   NOT NULL,
	wiki    TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	version TEXT   NOT NULL,
	path    TEXT   NOT NULL,
	tier    TEXT   NOT NULL,
	reason  BYTEA  NOT NULL,
	tries   BIGINT NOT NULL,
	failed  BIGINT NOT NULL,
	PRIMARY KEY (digest, wiki, kind, version, path, tier)
);
CREATE INDEX failure_by_time ON failure (failed);

CREATE TABLE attempt (
	digest  TEXT   NOT NULL,
	wiki    TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	version TEXT   NOT NULL,
	path    TEXT   NOT NULL,
	tier    TEXT   NOT NULL,
	begun   BIGINT NOT NULL,
	PRIMARY KEY (digest, wiki, kind, version, path, tier)
);
