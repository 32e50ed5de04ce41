package pattern

import "strings"

// refused are keys that Semgrep knows and we do not, with what to do instead.
var refused = map[string]string{
	"match":                           "it is the newer syntax; write pattern, patterns or pattern-either",
	"any":                             "it is the newer syntax; write pattern-either",
	"all":                             "it is the newer syntax; write patterns",
	"not":                             "it is the newer syntax; write pattern-not",
	"inside":                          "it is the newer syntax; write pattern-inside",
	"anywhere":                        "it is the newer syntax; write pattern-inside with what must be around it",
	"where":                           "it is the newer syntax; write metavariable-regex and its like beside the patterns",
	"focus":                           "it is the newer syntax; write focus-metavariable",
	"regex":                           "it is the newer syntax; write pattern-regex",
	"taint":                           "it is the newer syntax; write mode: taint with pattern-sources and pattern-sinks",
	"sources":                         "write pattern-sources",
	"sinks":                           "write pattern-sinks",
	"sanitizers":                      "write pattern-sanitizers",
	"propagators":                     "write pattern-propagators",
	"join":                            "a rule sees one script; write the parts as rules of their own",
	"extract":                         "Sallyport unpacks code in texts by itself",
	"steps":                           "a rule is one step",
	"transform":                       "Sallyport unpacks code in texts by itself",
	"dest-language":                   "Sallyport unpacks code in texts by itself",
	"dest-rules":                      "Sallyport unpacks code in texts by itself",
	"pattern-where-python":            "no code of rules is run: write metavariable-comparison",
	"fix-regex":                       "write fix: it is shown as advice",
	"equivalences":                    "write both patterns under pattern-either",
	"min-version":                     "it speaks of Semgrep's versions; leave it out",
	"max-version":                     "it speaks of Semgrep's versions; leave it out",
	"metavariable-type":               "scripts have no types",
	"metavariable-name":               "write the name into the pattern",
	"metavariable-analysis":           "write metavariable-regex",
	"pattern-not-sources":             "write pattern-sanitizers",
	"not_conflicting":                 "write options: taint_assume_safe_functions: true",
	"at-exit":                         "data is followed along values, not along the order of statements",
	"control":                         "data is followed along values, not along the order of statements",
	"replace-labels":                  "write a source with requires and a label",
	"product":                         "it is for Semgrep's own services",
	"validators":                      "nothing is fetched while scripts are read",
	"request":                         "nothing is fetched while scripts are read",
	"response":                        "nothing is fetched while scripts are read",
	"dependencies":                    "there are no lock files in a wiki; hosts and imports are reported without a rule",
	"project-depends-on":              "there are no lock files in a wiki; hosts and imports are reported without a rule",
	"r2c-internal-project-depends-on": "there are no lock files in a wiki; hosts and imports are reported without a rule",
	"r2c-internal-patterns-from":      "write the patterns out",
	"interfile":                       "a rule sees one script",
	"generic_ellipsis_max_span":       "it is for the generic language",
	"generic_engine":                  "it is for the generic language",
	"generic_comment_style":           "it is for the generic language",
	"symbolic_propagation":            "patterns match what is written; use mode: taint",
	"commutative_boolop":              "write both orders under pattern-either",
	"commutative_compop":              "write both orders under pattern-either, or symmetric_eq: true for == and its like",
	"taint_unify_mvars":               "sources and sinks have metavariables of their own; use metavariable-pattern",
	"taint_intrafile":                 "data is followed through functions always",
	"taint_only_propagate_through_assignments": "name what makes data harmless under pattern-sanitizers",
	"implicit_deep_exprstmt":                   "write <... ...>",
	"attr_expr":                                "it is for other languages",
	"arrow_is_function":                        "functions of every sort match each other",
	"let_is_var":                               "var matches let and const; they match themselves",
	"xml_attrs_implicit_ellipsis":              "JSX is not supported",
	"decorators_order_matters":                 "it is for other languages",
	"go_deeper_stmt":                           "an ellipsis between statements always looks into blocks",
	"language":                                 "what a metavariable is bound to is JavaScript; for the text of a string use pattern-regex",
	"metavariable-kind":                        "write a pattern for what it may be",
}

// refuse says that a key cannot be used where it stands.
func (d *door) refuse(f field, where string, known ...string) {
	if why, ok := refused[f.name]; ok {
		d.wrong(f.key, "%s is not supported: %s", f.name, why)
		return
	}
	if strings.HasPrefix(f.name, "r2c-internal-") {
		d.wrong(f.key, "%s is not supported: it is internal to Semgrep", f.name)
		return
	}
	d.wrong(f.key, "%s is not known in %s: there are %s", clip(f.name), where, strings.Join(known, ", "))
}
