//go:build !unix

package bus

import "os"

// lock keeps nobody out: whoever runs two gateways on one folder here has to know better.
func lock(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }
