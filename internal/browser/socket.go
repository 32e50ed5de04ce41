package browser

import (
	"bufio"
	"context"
	"crypto/sha1" // #nosec G505 -- RFC 6455 §1.3 wants it, not for security
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// maxFrame bounds one WebSocket frame, in bytes; a longer one closes the socket.
const maxFrame = 4 << 20

// Opcodes of RFC 6455 §5.2.
const (
	opText   = 1
	opBinary = 2
	opClose  = 8
	opPing   = 9
	opPong   = 10
)

// Socket is our end of a page's WebSocket.
type Socket struct {
	mu   sync.Mutex
	conn net.Conn
}

// Send sends the page a text message.
func (s *Socket) Send(text string) error { return s.write(opText, []byte(text)) }

// Close ends the connection.
func (s *Socket) Close() error {
	_ = s.write(opClose, nil)
	return s.conn.Close()
}

func (s *Socket) write(op byte, data []byte) error {
	head := []byte{0x80 | op}
	switch n := len(data); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.conn.Write(append(head, data...))
	return err
}

// upgrade accepts a WebSocket and tells of each message that comes.
func (p *proxy) upgrade(w http.ResponseWriter, r *http.Request) {
	r.URL.Scheme = map[string]string{"http": "ws", "https": "wss"}[r.URL.Scheme]
	url := r.URL.String()
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer context.AfterFunc(p.done, func() { conn.Close() })()
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // #nosec G401 -- see above
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	if protocol := r.Header.Get("Sec-WebSocket-Protocol"); protocol != "" {
		answer += "Sec-WebSocket-Protocol: " + firstWord(protocol) + "\r\n"
	}
	if _, err := io.WriteString(conn, answer+"\r\n"); err != nil {
		return
	}
	s := &Socket{conn: conn}
	if p.socket != nil {
		p.socket(r, s)
	}
	p.listen(s, rw.Reader, url)
}

// listen reads frames until the page closes the socket. Fragments are told one by one.
func (p *proxy) listen(s *Socket, r *bufio.Reader, url string) {
	kind := "text"
	for {
		op, data, err := readFrame(r)
		if err != nil {
			return
		}
		switch op {
		case opClose:
			_ = s.write(opClose, data)
			return
		case opPing:
			_ = s.write(opPong, data)
			continue
		case opPong:
			continue
		case opText:
			kind = "text"
		case opBinary:
			kind = "binary"
		}
		p.frame(url, kind, string(data))
	}
}

var errFrame = errors.New("a WebSocket frame is too long")

// readFrame reads one frame and takes its mask off (RFC 6455 §5.2, §5.3).
func readFrame(r io.Reader) (op byte, data []byte, err error) {
	var head [14]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return 0, nil, err
	}
	op, length := head[0]&0x0f, uint64(head[1]&0x7f)
	masked := head[1]&0x80 != 0
	switch length {
	case 126:
		if _, err := io.ReadFull(r, head[:2]); err != nil {
			return 0, nil, err
		}
		length = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return 0, nil, err
		}
		length = binary.BigEndian.Uint64(head[:8])
	}
	if length > maxFrame {
		return 0, nil, errFrame
	}
	var mask [4]byte
	if masked {
		if _, err := io.ReadFull(r, mask[:]); err != nil {
			return 0, nil, err
		}
	}
	data = make([]byte, length)
	if _, err := io.ReadFull(r, data); err != nil {
		return 0, nil, err
	}
	for i := range data {
		data[i] ^= mask[i%4]
	}
	return op, data, nil
}

// firstWord is the first of a comma-separated list.
func firstWord(list string) string {
	for i := range len(list) {
		if list[i] == ',' {
			return list[:i]
		}
	}
	return list
}
