-- What is switched off on a wiki, by whom and why, and what was. Of one thing one row at most is in force.
-- +goose Up

CREATE TABLE switch (
	wiki      TEXT   NOT NULL,
	id        BIGINT NOT NULL,
	kind      TEXT   NOT NULL,
	target    TEXT   NOT NULL,
	title     TEXT   NOT NULL,
	reason    BYTEA  NOT NULL,
	person    TEXT   NOT NULL,
	made      BIGINT NOT NULL,
	ended     BIGINT NOT NULL,
	ended_by  TEXT   NOT NULL,
	ended_why BYTEA  NOT NULL,
	PRIMARY KEY (wiki, id)
);
CREATE UNIQUE INDEX switch_in_force ON switch (wiki, kind, target) WHERE ended = 0;
