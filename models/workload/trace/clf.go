package trace

import (
	"bytes"
	"errors"
	"fmt"

	"berth/sim"
)

// logFormat reads the Common Log Format of web servers, host ident user [time]
// "request" status bytes, and whatever a Combined Log adds behind it. Times are
// whole seconds. Service and CPU are unknown.
type logFormat struct {
	keys *names
	by   byte // h host, u user, p path of the request
}

func newLogFormat(keys *names, columns map[string]string) (*logFormat, error) {
	p := &logFormat{keys, 'h'}
	for as, name := range columns {
		if as != "key" || name != "host" && name != "user" && name != "path" {
			return nil, fmt.Errorf("%s=%s: a log has fixed columns, of which key may be host, user or path", as, name)
		}
		p.by = name[0]
	}
	return p, nil
}

var (
	errLogTime    = errors.New("there is no time such as [06/Jul/1995:13:34:03 -0400] after host, ident and user")
	errLogRequest = errors.New("there is no quoted request, followed by a status of three digits and the bytes, or -, after the time")
)

func (p *logFormat) parse(line []byte, _ int64, c *Call) error {
	host, rest, _ := bytes.Cut(line, []byte(" "))
	_, rest, _ = bytes.Cut(rest, []byte(" "))
	open := bytes.Index(rest, []byte(" ["))
	if len(host) == 0 || open < 0 {
		return errLogTime
	}
	user := rest[:open]
	rest = rest[open+2:]
	if len(rest) < 30 || rest[26] != ']' || rest[27] != ' ' || rest[28] != '"' {
		return errLogTime
	}
	at, ok := logTime(rest[:26])
	if !ok {
		return errLogTime
	}
	request, size, ok := logRequest(rest[29:])
	if !ok {
		return errLogRequest
	}
	key := host
	switch p.by {
	case 'u':
		key = user
	case 'p':
		key = path(request)
	}
	*c = Call{At: at, Key: p.keys.of(key), Place: -1, Service: -1, CPU: -1, Bytes: size}
	return nil
}

// logTime reads 06/Jul/1995:13:34:03 -0400.
func logTime(b []byte) (sim.Time, bool) {
	if b[2] != '/' || b[6] != '/' || b[11] != ':' || b[14] != ':' || b[17] != ':' || b[20] != ' ' {
		return 0, false
	}
	at := bytes.Index([]byte("JanFebMarAprMayJunJulAugSepOctNovDec"), b[3:6])
	day, year := number(b[0:2]), number(b[7:11])
	hour, minute, second := number(b[12:14]), number(b[15:17]), number(b[18:20])
	zone, ok := zoneSeconds(b[21:26])
	if !ok || at%3 != 0 || !validDate(year, at/3+1, day) || !validClock(hour, minute, second) {
		return 0, false
	}
	sec := int64(days(year, at/3+1, day))*86400 + int64(hour*3600+minute*60+second-zone)
	return sim.Time(sec) * sim.Second, true
}

// logRequest finds the quote that closes the request: the first that a status
// and a size follow, since servers of old did not escape quotes within it. A
// size of - is a response without a body.
func logRequest(b []byte) (request []byte, size int64, ok bool) {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '"')
		if i < 0 {
			return nil, 0, false
		}
		end := from + i
		if size, ok := statusAndSize(b[end+1:]); ok {
			return b[:end], size, true
		}
		from = end + 1
	}
}

func statusAndSize(b []byte) (int64, bool) {
	if len(b) < 6 || b[0] != ' ' || b[4] != ' ' || number(b[1:4]) < 100 {
		return 0, false
	}
	b = b[5:]
	if i := bytes.IndexByte(b, ' '); i >= 0 {
		b = b[:i]
	}
	if len(b) == 1 && b[0] == '-' {
		return 0, true
	}
	if len(b) == 0 || b[0]-'0' > 9 {
		return 0, false
	}
	return whole(b)
}

// path is the middle word of a request line, without the query.
func path(request []byte) []byte {
	if _, rest, ok := bytes.Cut(request, []byte(" ")); ok {
		request = rest
	}
	if i := bytes.IndexAny(request, " ?"); i >= 0 {
		request = request[:i]
	}
	return request
}
