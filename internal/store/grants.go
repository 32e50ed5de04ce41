package store

import (
	"context"
	"time"
)

// Grant is a server outside the wiki that somebody agreed a gadget may use.
type Grant struct {
	Wiki      string
	UserID    int64  // whose pages it is for
	Gadget    int64  // page id of the definition that is switched on
	Directive string // of a content security policy, for instance "connect-src"
	Source    string // as it was shown, for instance "https://translate.example"
	At        time.Time
}

// Grants is the part of a [Store] that remembers which servers gadgets may use.
type Grants interface {
	// SetGrants makes a list all that somebody granted a gadget; an empty one takes everything back. Wiki, UserID and Gadget of
	// its members are not looked at.
	SetGrants(ctx context.Context, wiki string, userID, gadget int64, list []Grant) error
	// Grants lists what somebody granted, by gadget, directive and source.
	Grants(ctx context.Context, wiki string, userID int64) ([]Grant, error)
	// GrantedServers lists what was granted on a wiki by how many people, most first, at most so many.
	GrantedServers(ctx context.Context, wiki string, most int) ([]GrantedServer, error)
}

// GrantedServer is a server that people agreed their gadgets may use.
type GrantedServer struct {
	Directive, Source string
	People            int // each counted once
}
