-- Who runs a text that waits for reviewers in their own pages, until when.
-- +goose Up

CREATE TABLE trial (
	wiki    TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	title   TEXT   NOT NULL,
	digest  TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	PRIMARY KEY (wiki, user_id, title)
);
CREATE INDEX trial_until ON trial (wiki, until);
