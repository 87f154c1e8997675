package trace

import (
	"fmt"

	"berth/sim"
)

// The per-call formats in which traces were published. Their rules work in
// whole milliseconds, so that a replay has one exact outcome.

// azure2021 is the Azure Functions trace of 2021 (Zhang et al., SOSP 2021).
// Service is round(duration x 1000) ms, arrival round(end_timestamp x 1000) ms
// less the service, and the key is the app.
type azure2021 struct {
	*table
	keys *names
}

func newAzure2021(header []byte, keys *names) (*azure2021, error) {
	t, err := newTable(header)
	if err != nil {
		return nil, err
	}
	return &azure2021{t, keys}, t.want("app", "end_timestamp", "duration")
}

func (p *azure2021) parse(line []byte, _ int64, c *Call) error {
	if err := p.split(line); err != nil {
		return err
	}
	end, ok := milliseconds(p.out[1])
	if !ok {
		return fmt.Errorf("end_timestamp %s is no number of seconds from 0 on", shown(p.out[1]))
	}
	service, ok := milliseconds(p.out[2])
	if !ok {
		return fmt.Errorf("duration %s is no number of seconds from 0 on", shown(p.out[2]))
	}
	*c = Call{At: (end - service) * sim.Millisecond, Key: p.keys.of(p.out[0]), Place: -1, Service: service * sim.Millisecond, CPU: -1, Bytes: -1}
	return nil
}

// milliseconds reads seconds as whole ms, halves up.
func milliseconds(b []byte) (sim.Time, bool) {
	v, ok := decimal(b, 3)
	return sim.Time(v), ok && v >= 0 && v < maxMs
}

// maxMs keeps instants in ns within the clock: 73 years.
const maxMs = 1 << 61 / int64(sim.Millisecond)

// azureLLM is the Azure LLM inference trace of 2023 (Patel et al., ISCA 2024).
// Instants are cut to ms and count from the first row; the key is the row, from 0, modulo
// M; service is 200 + 30 x GeneratedTokens ms.
type azureLLM struct {
	*table
	keys    *names
	modulus int64
	start   sim.Time
	started bool
	name    []byte
}

func newAzureLLM(header []byte, keys *names, modulus int64) (*azureLLM, error) {
	t, err := newTable(header)
	if err != nil {
		return nil, err
	}
	return &azureLLM{table: t, keys: keys, modulus: modulus}, t.want("TIMESTAMP", "GeneratedTokens")
}

func (p *azureLLM) parse(line []byte, row int64, c *Call) error {
	if err := p.split(line); err != nil {
		return err
	}
	at, ok := moment(p.out[0])
	if !ok {
		return fmt.Errorf("TIMESTAMP %s is no time such as 2023-11-16 18:17:03.9799600", shown(p.out[0]))
	}
	tokens, ok := whole(p.out[1])
	if !ok || tokens > maxTokens {
		return fmt.Errorf("GeneratedTokens %s is no whole number from 0 to %d", shown(p.out[1]), int64(maxTokens))
	}
	if !p.started {
		p.start, p.started = at/sim.Millisecond*sim.Millisecond, true
	}
	p.name = appendInt(p.name[:0], row%p.modulus)
	*c = Call{At: at/sim.Millisecond*sim.Millisecond - p.start, Key: p.keys.of(p.name), Place: -1,
		Service: sim.Time(200+30*tokens) * sim.Millisecond, CPU: -1, Bytes: -1}
	return nil
}

// maxTokens is far beyond what a model writes in one call.
const maxTokens = 1e9

func appendInt(b []byte, v int64) []byte {
	if v >= 10 {
		b = appendInt(b, v/10)
	}
	return append(b, byte('0'+v%10))
}

// mooncake is chat requests with sessions (Qin et al., FAST 2025): arrival
// timestamp_ms, key session, service 500 + 20 x output_tokens ms.
type mooncake struct {
	*table
	keys *names
}

func newMooncake(header []byte, keys *names) (*mooncake, error) {
	t, err := newTable(header)
	if err != nil {
		return nil, err
	}
	return &mooncake{t, keys}, t.want("timestamp_ms", "session", "output_tokens")
}

func (p *mooncake) parse(line []byte, _ int64, c *Call) error {
	if err := p.split(line); err != nil {
		return err
	}
	at, ok := whole(p.out[0])
	if !ok || at > maxMs {
		return fmt.Errorf("timestamp_ms %s is no whole number from 0 on", shown(p.out[0]))
	}
	tokens, ok := whole(p.out[2])
	if !ok || tokens > maxTokens {
		return fmt.Errorf("output_tokens %s is no whole number from 0 to %d", shown(p.out[2]), int64(maxTokens))
	}
	*c = Call{At: sim.Time(at) * sim.Millisecond, Key: p.keys.of(p.out[1]), Place: -1,
		Service: sim.Time(500+20*tokens) * sim.Millisecond, CPU: -1, Bytes: -1}
	return nil
}
