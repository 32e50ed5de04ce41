package pattern

import "sallyport/internal/finding"

// severities are Semgrep's words, old and new, as ours. Its three old levels are documented to equal HIGH, MEDIUM and LOW.
var severities = map[string]finding.Severity{
	"CRITICAL": finding.Critical,
	"HIGH":     finding.High, "ERROR": finding.High,
	"MEDIUM": finding.Medium, "WARNING": finding.Medium,
	"LOW": finding.Low, "INFO": finding.Low,
}
