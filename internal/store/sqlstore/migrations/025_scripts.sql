-- The list of a wiki's scripts: what each is now, and in short what is known of it. What a page of the list shows is found by an index.
-- +goose Up

CREATE TABLE script (
	wiki         TEXT   NOT NULL,
	title        TEXT   NOT NULL,
	words        TEXT   NOT NULL,
	sort_key     BYTEA  NOT NULL,
	digest       TEXT   NOT NULL,
	rev          BIGINT NOT NULL,
	author       TEXT   NOT NULL,
	saved        BIGINT NOT NULL,
	state        TEXT   NOT NULL,
	score        BIGINT NOT NULL,
	people       BIGINT NOT NULL,
	powerful     BIGINT NOT NULL,
	host_count   BIGINT NOT NULL,
	due          BIGINT NOT NULL,
	news         BIGINT NOT NULL,
	hosts        TEXT   NOT NULL,
	reason       TEXT   NOT NULL,
	capabilities TEXT   NOT NULL,
	PRIMARY KEY (wiki, title)
);
CREATE INDEX script_by_score ON script (wiki, score DESC, people DESC, sort_key);
CREATE INDEX script_by_people ON script (wiki, people DESC, score DESC, sort_key);
CREATE INDEX script_by_hosts ON script (wiki, host_count DESC, score DESC, sort_key);
CREATE INDEX script_by_saved ON script (wiki, saved DESC, sort_key);
CREATE INDEX script_by_title ON script (wiki, sort_key);
CREATE INDEX script_by_digest ON script (digest);
CREATE INDEX script_by_due ON script (wiki, due);
CREATE INDEX script_spread ON script (wiki, state, score, people);
