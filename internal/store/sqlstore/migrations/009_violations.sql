-- What browsers reported about content security policies, folded: a row says how many, never who.
-- +goose Up

CREATE TABLE violation (
	wiki        TEXT   NOT NULL,
	day         BIGINT NOT NULL, -- since 1970-01-01
	directive   TEXT   NOT NULL,
	blocked     TEXT   NOT NULL,
	source      TEXT   NOT NULL,
	report_only BIGINT NOT NULL,
	noise       TEXT   NOT NULL,
	count       BIGINT NOT NULL,
	users       BYTEA  NOT NULL,
	networks    BYTEA  NOT NULL,
	engines     BIGINT NOT NULL,
	first_seen  BIGINT NOT NULL,
	last_seen   BIGINT NOT NULL,
	PRIMARY KEY (wiki, day, directive, blocked, source, report_only, noise)
);

-- Which batches are in those rows already; a batch is of one wiki, and forgotten after its newest day.
CREATE TABLE violation_batch (
	id   TEXT   NOT NULL PRIMARY KEY,
	wiki TEXT   NOT NULL,
	day  BIGINT NOT NULL
);
CREATE INDEX violation_batch_by_day ON violation_batch (wiki, day);
