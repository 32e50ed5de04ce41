package config

import "os"

// Plain says whether a person wants no colours in the terminal (no-color.org).
func Plain() bool { return os.Getenv("NO_COLOR") != "" }

// Password is the one that commands without a terminal take from the environment, so that it stands in no list of
// processes.
func Password() string { return os.Getenv("SALLYPORT_PASSWORD") }
