package mediawiki

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers look for.
var (
	// ErrUnavailable: the wiki gave no usable answer, now. It may a moment later.
	ErrUnavailable = errors.New("the wiki does not answer")
	// ErrNotAPI: something answered that is not api.php. It will not be a moment later.
	ErrNotAPI = errors.New("this is not MediaWiki's api.php")
	// ErrTooLong: the answer is longer than [Options] allow.
	ErrTooLong = errors.New("the wiki's answer is too long")
	// ErrNoRevision: there is no such revision, or it is deleted.
	ErrNoRevision = errors.New("no such revision")
)

// Error is a refusal by the API.
type Error struct {
	Code string // for instance "readapidenied"
	Info string // what it says about it, in English
}

func (e *Error) Error() string { return fmt.Sprintf("the wiki refuses: %s (%s)", e.Info, e.Code) }

// Is makes errors that MediaWiki reports about itself, not about the question, count as [ErrUnavailable].
func (e *Error) Is(target error) bool {
	if target != ErrUnavailable {
		return false
	}
	switch e.Code {
	case "readonly", "maxlag", "ratelimited", "cirrussearch-backend-error":
		return true
	}
	return strings.HasPrefix(e.Code, "internal_api_error")
}

// Refused says whether err is a refusal with this code.
func Refused(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}
