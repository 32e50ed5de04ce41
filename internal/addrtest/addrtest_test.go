package addrtest

import (
	"net"
	"testing"
)

// An address is given once, and not while somebody else has it.
func TestAnAddressIsGivenOnce(t *testing.T) {
	given := map[string]bool{}
	for range 500 {
		addr := Address(t)
		if given[addr] {
			t.Fatalf("%s was given twice", addr)
		}
		given[addr] = true
	}
	addr := Address(t)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("given, and not free: %v", err)
	}
	_ = l.Close()
}
