-- What reviewers said of texts of pages.
-- +goose Up

CREATE TABLE review (
	wiki    TEXT   NOT NULL,
	title   TEXT   NOT NULL,
	digest  TEXT   NOT NULL,
	state   TEXT   NOT NULL,
	rev_id  BIGINT NOT NULL,
	author  TEXT   NOT NULL,
	saved   BIGINT NOT NULL,
	decider TEXT   NOT NULL,
	reason  BYTEA  NOT NULL,
	decided BIGINT NOT NULL,
	PRIMARY KEY (wiki, title, digest)
);
CREATE INDEX review_state ON review (wiki, state, saved);
CREATE INDEX review_decided ON review (wiki, title, state, decided);
