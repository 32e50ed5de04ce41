package browser

import "golang.org/x/sys/unix"

// assembler writes BPF; every test returns at once or goes on with the next.
type assembler struct{ code []unix.SockFilter }

// load loads a word, half a word or a byte (BPF_W, BPF_H, BPF_B) at an offset; indexed by X with BPF_IND in mode, or else BPF_ABS.
func (a *assembler) load(size, mode uint16, offset int) {
	a.code = append(a.code, unix.SockFilter{Code: unix.BPF_LD | size | mode, K: uint32(offset)})
}

// word loads a word.
func (a *assembler) word(offset int) { a.load(unix.BPF_W, unix.BPF_ABS, offset) }

func (a *assembler) and(k uint32) {
	a.code = append(a.code, unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: k})
}

func (a *assembler) ret(v uint32) {
	a.code = append(a.code, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v})
}

func (a *assembler) jump(how uint16, k uint32, yes, no uint8) {
	a.code = append(a.code, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_K | how, K: k, Jt: yes, Jf: no})
}

func (a *assembler) when(k, v uint32)   { a.jump(unix.BPF_JEQ, k, 0, 1); a.ret(v) }
func (a *assembler) unless(k, v uint32) { a.jump(unix.BPF_JEQ, k, 1, 0); a.ret(v) }
func (a *assembler) from(k, v uint32)   { a.jump(unix.BPF_JGE, k, 0, 1); a.ret(v) }
func (a *assembler) anyBit(k, v uint32) { a.jump(unix.BPF_JSET, k, 0, 1); a.ret(v) }

// only runs what body writes when the value loaded is k; body must end in a return.
func (a *assembler) only(k uint32, body func()) {
	at := len(a.code)
	a.jump(unix.BPF_JEQ, k, 0, 0)
	body()
	a.code[at].Jf = uint8(len(a.code) - at - 1)
}
