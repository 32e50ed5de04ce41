package store

import (
	"context"
	"time"
)

// Mail is how far the mail about a notice has come.
type Mail string

// States of mail.
const (
	MailNone    Mail = ""        // none is sent
	MailWaiting Mail = "waiting" // to be sent when it is due
	MailSent    Mail = "sent"    // a server has taken it
	MailAside   Mail = "aside"   // no server will take it; Trouble says why
)

// Notice is something an account, or the operators, should know.
type Notice struct {
	Wiki    string
	ID      string // follows from what it is about and whom it is for, so that each is kept once
	UserID  int64  // 0: the operators
	User    string
	To      string // an address; empty: the one the account has confirmed by the time it is sent
	Kind    string
	Body    string // JSON whose form package notice knows
	Made    time.Time
	Mail    Mail
	Tries   int       // begun, to send it
	Due     time.Time // not sent before
	Trouble string    // why it was not sent the last time, without addresses
}

// Address is where an account wants to be told.
type Address struct {
	Wiki    string
	UserID  int64
	User    string
	Address string // confirmed; empty: none
	All     bool   // also of what goes as it should
	Asked   string // to be confirmed
	Code    Digest // of the code that was sent there
	Sent    time.Time
}

// Notices is the part of a [Store] that remembers what people should be told, until they were.
type Notices interface {
	// AddNotices keeps notices, with all or none of them. Those that are there already stay as they are.
	AddNotices(ctx context.Context, notices ...Notice) error
	// NoticesOf lists an account's, newest first; of the operators for user id 0.
	NoticesOf(ctx context.Context, wiki string, userID int64, limit int) ([]Notice, error)
	// DueNotices lists those whose mail is due at a moment, the longest due first.
	DueNotices(ctx context.Context, wiki string, at time.Time, limit int) ([]Notice, error)
	// AsideNotices lists those whose mail was set aside, newest first.
	AsideNotices(ctx context.Context, wiki string, limit int) ([]Notice, error)
	// RetryNotices has all mail that was set aside tried again from a moment on, and says how many there are.
	RetryNotices(ctx context.Context, wiki string, at time.Time) (int, error)
	// TakeNotice counts a try, before it is made: nobody else takes the notice before the moment given. first is false when
	// somebody else was faster.
	TakeNotice(ctx context.Context, n Notice, until time.Time) (first bool, err error)
	// SettleNotice keeps Mail, Due and Trouble of a notice that nobody took since.
	SettleNotice(ctx context.Context, n Notice) error
	// ForgetNotices removes notices made before a moment, whose mail is not waiting.
	ForgetNotices(ctx context.Context, wiki string, before time.Time) error

	// SaveAddress inserts or replaces; Address returns [ErrNotFound] for an account that gave none.
	SaveAddress(ctx context.Context, a Address) error
	Address(ctx context.Context, wiki string, userID int64) (Address, error)
	// ForgetAddress removes it. That there is none is no error.
	ForgetAddress(ctx context.Context, wiki string, userID int64) error
}
