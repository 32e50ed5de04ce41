-- Which texts of a gadget people accepted, and who stays on those.
-- +goose Up

CREATE TABLE acceptance (
	wiki     TEXT   NOT NULL,
	user_id  BIGINT NOT NULL,
	gadget   BIGINT NOT NULL,
	text_set TEXT   NOT NULL,
	made     BIGINT NOT NULL,
	stays    BIGINT NOT NULL, -- 0: runs the newest
	PRIMARY KEY (wiki, user_id, gadget)
);
CREATE INDEX acceptance_stays ON acceptance (wiki, gadget, text_set) WHERE stays <> 0;
