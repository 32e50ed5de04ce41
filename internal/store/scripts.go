package store

import (
	"context"
	"time"
)

// Script is a line in the list of a wiki's scripts: a page of code as it is now, and in short what is known of it.
type Script struct {
	Wiki   string
	Title  string // as people read it, like [Job.Path]
	Rev    int64
	Digest Digest // of the text
	Author string // who saved it
	Saved  time.Time
	// State is how far its reading is: [ScriptWaits], [ScriptRead] or [ScriptAside]. What follows is of an earlier text while it waits.
	State        string
	Score        int      // 0 to 100, as package risk counts
	Reason       string   // JSON: the first reason of the score; empty: there is none
	Capabilities string   // JSON: what it can do
	Hosts        []string // outside hosts that it contacts
	People       int      // who run it: have switched on a gadget that it is part of, at least those with power; -1: nobody can count them
	Powerful     int      // people with power who were served it lately; -1: not known
	// Base is the text before this one: the last that was read and not switched off meanwhile. Empty when there is none. Only
	// [Scripts.DueScripts] tells it.
	Base Digest
	// News counts what happened to the line. Who judges it says how much of that they have seen.
	News int64
}

// The states of a script in the list.
const (
	ScriptWaits = "waits" // nobody has read this text yet
	ScriptRead  = "read"
	ScriptAside = "aside" // no analysis could read it
)

// ScriptQuery asks for a part of the list. The zero value asks for the most dangerous.
type ScriptQuery struct {
	Words  string // each word must occur in title, author or a host, case-insensitively
	Sort   string // "risk" (default), "people", "hosts", "changed": most or newest first; "title"
	Offset int
	Limit  int // 1–500; 0 means 50
}

// Spot is how many scripts have the same score and as many people.
type Spot struct{ Score, People, Scripts int }

// Scripts is the part of a [Store] that lists a wiki's scripts. A result that is kept, and a job that is set aside, make the lines
// of its text due, so that they are judged anew.
type Scripts interface {
	// SeeScript keeps what a page is now: title, revision, digest, author and time. A revision before the one that is kept changes
	// nothing.
	SeeScript(ctx context.Context, s Script) error
	// DropScript forgets a page that is gone, or is no code any more.
	DropScript(ctx context.Context, wiki, title string) error
	// DueScripts lists what is to be judged by now, longest due first, at most limit of them.
	DueScripts(ctx context.Context, wiki string, now time.Time, limit int) ([]Script, error)
	// JudgeScript keeps what is known of a script: state, score, reason, capabilities, hosts, people; and when it is due again.
	// Where something happened since s.News it changes nothing: the line is still due.
	JudgeScript(ctx context.Context, s Script, due time.Time) error
	// ListScripts answers a query, without capabilities, and says how many scripts match in all.
	ListScripts(ctx context.Context, wiki string, q ScriptQuery) (rows []Script, total int, err error)
	// ScriptsNamed returns lines by title; titles that are not listed are absent.
	ScriptsNamed(ctx context.Context, wiki string, titles []string) (map[string]Script, error)
	// ScriptSpread counts the scripts that are read by score and people, in no order.
	ScriptSpread(ctx context.Context, wiki string) ([]Spot, error)
	// ScriptsAt lists titles of scripts with a score and people, at most limit of them.
	ScriptsAt(ctx context.Context, wiki string, at Spot, limit int) ([]string, error)
}
