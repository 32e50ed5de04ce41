-- Which servers outside the wiki gadgets may use, and in whose pages.
-- +goose Up

CREATE TABLE granted (
	wiki      TEXT   NOT NULL,
	user_id   BIGINT NOT NULL,
	gadget    BIGINT NOT NULL,
	directive TEXT   NOT NULL,
	source    TEXT   NOT NULL,
	made      BIGINT NOT NULL,
	PRIMARY KEY (wiki, user_id, gadget, directive, source)
);
