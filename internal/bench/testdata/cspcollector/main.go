// Command cspcollector takes reports as collectors usually do, for Sallyport's to be compared with: net/http, encoding/json
// into structs, a list of what browser extensions report, a line of log for each report.
//
//	cspcollector ADDRESS LOG
package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"strings"
)

// legacy is the body that report-uri asks for.
type legacy struct {
	Report struct {
		DocumentURI  string `json:"document-uri"`
		Referrer     string `json:"referrer"`
		BlockedURI   string `json:"blocked-uri"`
		Violated     string `json:"violated-directive"`
		Effective    string `json:"effective-directive"`
		Policy       string `json:"original-policy"`
		Disposition  string `json:"disposition"`
		Sample       string `json:"script-sample"`
		SourceFile   string `json:"source-file"`
		LineNumber   int    `json:"line-number"`
		ColumnNumber int    `json:"column-number"`
		StatusCode   int    `json:"status-code"`
	} `json:"csp-report"`
}

// modern is one of the bodies that report-to asks for.
type modern struct {
	Type      string `json:"type"`
	Age       int    `json:"age"`
	URL       string `json:"url"`
	UserAgent string `json:"user_agent"`
	Body      struct {
		DocumentURL  string `json:"documentURL"`
		Referrer     string `json:"referrer"`
		BlockedURL   string `json:"blockedURL"`
		Effective    string `json:"effectiveDirective"`
		Policy       string `json:"originalPolicy"`
		Disposition  string `json:"disposition"`
		Sample       string `json:"sample"`
		SourceFile   string `json:"sourceFile"`
		LineNumber   int    `json:"lineNumber"`
		ColumnNumber int    `json:"columnNumber"`
		StatusCode   int    `json:"statusCode"`
	} `json:"body"`
}

var extensions = []string{"about", "chrome-extension:", "moz-extension:", "safari-extension:", "safari-web-extension:", "ms-browser-extension:", "webkit-masked-url:", "resource:"}

func main() {
	out, err := os.OpenFile(os.Args[2], os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		panic(err)
	}
	log := slog.New(slog.NewTextHandler(out, nil))
	tell := func(r *http.Request, document, referrer, blocked, directive, policy, disposition, sample, source string, line, column, status int) {
		for _, e := range extensions {
			if strings.HasPrefix(blocked, e) {
				return
			}
		}
		log.Info("csp violation", "document_uri", document, "referrer", referrer, "blocked_uri", blocked, "directive", directive, "original_policy", policy, "disposition", disposition,
			"script_sample", sample, "source_file", source, "line", line, "column", column, "status", status, "user_agent", r.UserAgent(), "path", r.URL.Path)
	}
	http.HandleFunc("POST /csp", func(w http.ResponseWriter, r *http.Request) {
		var v legacy
		if json.NewDecoder(r.Body).Decode(&v) == nil {
			b := &v.Report
			tell(r, b.DocumentURI, b.Referrer, b.BlockedURI, b.Effective, b.Policy, b.Disposition, b.Sample, b.SourceFile, b.LineNumber, b.ColumnNumber, b.StatusCode)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	http.HandleFunc("POST /reports", func(w http.ResponseWriter, r *http.Request) {
		var list []modern
		if json.NewDecoder(r.Body).Decode(&list) == nil {
			for i := range list {
				b := &list[i].Body
				tell(r, b.DocumentURL, b.Referrer, b.BlockedURL, b.Effective, b.Policy, b.Disposition, b.Sample, b.SourceFile, b.LineNumber, b.ColumnNumber, b.StatusCode)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	panic(http.ListenAndServe(os.Args[1], nil))
}
