-- What people ask operators for because a policy kept a script from it, and who asks.
-- +goose Up

CREATE TABLE host_request (
	wiki      TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	user_id   BIGINT NOT NULL, -- who asked first
	name      TEXT   NOT NULL,
	directive TEXT   NOT NULL,
	host      TEXT   NOT NULL,
	script    TEXT   NOT NULL,
	gadget    BIGINT NOT NULL,
	why       BYTEA  NOT NULL,
	state     TEXT   NOT NULL,
	decider   TEXT   NOT NULL,
	reason    BYTEA  NOT NULL,
	asked     BIGINT NOT NULL,
	decided   BIGINT NOT NULL,
	PRIMARY KEY (wiki, id)
);
CREATE UNIQUE INDEX host_request_open ON host_request (wiki, host, directive, script) WHERE state = 'open';
CREATE INDEX host_request_by_state ON host_request (wiki, state, decided);

CREATE TABLE host_request_by (
	wiki    TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	asked   BIGINT NOT NULL,
	PRIMARY KEY (wiki, id, user_id)
);
CREATE INDEX host_request_by_user ON host_request_by (wiki, user_id, asked);

CREATE INDEX violation_by_blocked ON violation (wiki, blocked, day);
CREATE INDEX violation_by_source ON violation (wiki, source, day);
