package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"nameplate.io/edge/identity"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/stream"
)

const (
	// parkedFor is how long a poll asks to wait: longer than any measurement between two changes.
	parkedFor = 50 * time.Second
	// joinTimeout covers a worker that is busy.
	joinTimeout = 2 * time.Minute
)

// feed measures how soon parked polls are answered, and what holding them costs. It joins two clusters as a node of
// each: polls of the first are answered when a domain changes, those of the second are idle.
func feed(args []string) error {
	f := feedBench{}
	flags := flag.NewFlagSet("edge-bench feed", flag.ContinueOnError)
	flags.StringVar(&f.control, "control", "", "`URL` of the edge listener")
	flags.StringVar(&f.api, "api", "", "`URL` of the API")
	flags.StringVar(&f.key, "key-file", "", "a `file` with an API key")
	flags.StringVar(&f.data, "data", "", "`folder` for the identities of two nodes")
	token, idleToken := "", ""
	flags.StringVar(&token, "token-file", "", "join token of the cluster that changes")
	flags.StringVar(&idleToken, "idle-token-file", "", "join token of the idle cluster")
	flags.StringVar(&f.domain, "domain", "", "`id` of a domain of the first cluster")
	origins := ""
	flags.StringVar(&origins, "origins", "", "two origins between which it changes, with a comma")
	flags.IntVar(&f.process, "process", 0, "process `number` of the control plane, whose time and memory are told")
	flags.IntVar(&f.changes, "changes", 300, "changes that are measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	f.origins = strings.Split(origins, ",")
	text, err := os.ReadFile(f.key)
	if err != nil {
		return err
	}
	f.key = strings.TrimSpace(string(text))
	ctx := context.Background()
	if f.active, err = f.join(ctx, "bench-feed", token); err != nil {
		return err
	}
	if f.idle, err = f.join(ctx, "bench-idle", idleToken); err != nil {
		return err
	}
	// Each line of stdin is a measurement: how many polls of each cluster are parked. Each gets a line.
	fmt.Println("ready")
	decoder := json.NewDecoder(os.Stdin)
	for {
		var ask struct{ Active, Idle int }
		if err := decoder.Decode(&ask); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		got, err := f.measure(ctx, ask.Active, ask.Idle)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(got); err != nil {
			return err
		}
	}
}

type feedBench struct {
	control, api, key, data, domain string
	origins                         []string
	process, changes                int
	active, idle                    *member
}

// member is a node that has joined and only polls.
type member struct {
	id     *identity.Identity
	config *tls.Config
	client *stream.Client
}

func (f *feedBench) join(ctx context.Context, name, tokenFile string) (*member, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	folder := f.data + "/" + name
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	id, err := identity.Load(folder, name)
	if err != nil {
		return nil, err
	}
	joining := stream.Joining{Control: f.control, TokenFile: tokenFile, Log: slog.New(slog.DiscardHandler), Request: protocol.JoinRequest{
		Name: name, Version: "bench", Features: []string{}, HTTPSAddress: "192.0.2.1:443", HTTPAddress: "192.0.2.1:80",
	}}
	if err := joining.Join(ctx, id); err != nil {
		return nil, fmt.Errorf("joining as %s: %w", name, err)
	}
	certificate, err := id.ClientCertificate()
	if err != nil {
		return nil, err
	}
	return &member{id: id, client: stream.NewClient(f.control, id.Pin, &certificate), config: &tls.Config{
		// The pin was checked when the node joined; here only time counts.
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS13,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil },
	}}, nil
}

// position is where the cluster is now.
func (m *member) position(ctx context.Context) (protocol.Position, error) {
	at := protocol.Position{}
	for {
		page, err := m.client.SnapshotPage(ctx, at)
		if err != nil {
			return at, err
		}
		changes, err := page()
		if err != nil {
			return at, err
		}
		at = changes.Position()
		if !changes.More {
			return at, nil
		}
	}
}

// poller keeps one poll parked, as a node does.
type poller struct {
	http *http.Client
	base string

	mu       sync.Mutex
	revision int64
	at       time.Time // when the answer with it began
}

func (f *feedBench) poller(m *member, from protocol.Position) *poller {
	return &poller{base: f.control + "/edge/v1/changes?wait=" + strconv.Itoa(int(parkedFor.Seconds())) + "&after=", revision: from.Revision,
		http: &http.Client{Transport: &http.Transport{TLSClientConfig: m.config, MaxIdleConnsPerHost: 1}}}
}

// run polls until the context ends.
func (p *poller) run(ctx context.Context, epoch int64) error {
	defer p.http.CloseIdleConnections()
	for {
		p.mu.Lock()
		after := protocol.Position{Epoch: epoch, Revision: p.revision}
		p.mu.Unlock()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+after.String(), nil)
		if err != nil {
			return err
		}
		response, err := p.http.Do(request)
		if ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
		at := time.Now()
		var page struct{ Revision int64 }
		err = json.NewDecoder(response.Body).Decode(&page)
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection is kept
		response.Body.Close()
		if ctx.Err() != nil {
			return nil
		} else if err != nil || response.StatusCode != http.StatusOK {
			return fmt.Errorf("a poll was answered %d: %v", response.StatusCode, err)
		}
		p.mu.Lock()
		if page.Revision > p.revision {
			p.revision, p.at = page.Revision, at
		}
		p.mu.Unlock()
	}
}

// heard is when the poller was told of a revision beyond the given one; false: not yet.
func (p *poller) heard(beyond int64) (time.Time, int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at, p.revision, p.revision > beyond
}

// feedResult is what one measurement came to; times in milliseconds.
type feedResult struct {
	Samples  int     `json:"samples"`
	P50      float64 `json:"p50_ms"` // from the API's answer to a change, which follows its commit, to the begin of a poll's answer
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	SentP50  float64 `json:"sent_p50_ms"` // the same from the moment when the change was sent
	SentP99  float64 `json:"sent_p99_ms"`
	IdleCPU  float64 `json:"idle_cpu_percent"` // of one core, while nothing changes
	MemoryMB float64 `json:"rss_mb"`
	Errors   int     `json:"errors"`
}

func (f *feedBench) measure(ctx context.Context, active, idle int) (*feedResult, error) {
	ctx, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	var mu sync.Mutex
	out := &feedResult{}
	failed := func(err error) {
		if err != nil {
			mu.Lock()
			out.Errors++
			mu.Unlock()
			say("%v", err)
		}
	}
	var polls []*poller
	begin := func(m *member, count int) (protocol.Position, error) {
		from, err := m.position(ctx)
		if err != nil {
			return from, err
		}
		for i := range count {
			p := f.poller(m, from)
			if m == f.active {
				polls = append(polls, p)
			}
			all.Go(func() { failed(p.run(ctx, from.Epoch)) })
			if i%20 == 19 {
				time.Sleep(20 * time.Millisecond) // handshakes cost; they are not what is measured
			}
		}
		return from, nil
	}
	if _, err := begin(f.idle, idle); err != nil {
		return nil, err
	}
	from, err := begin(f.active, active)
	if err != nil {
		return nil, err
	}
	time.Sleep(3 * time.Second) // until all are parked
	running, err := os.FindProcess(f.process)
	if err != nil {
		return nil, err
	}
	control := &process{cmd: &exec.Cmd{Process: running}}
	before, since := control.cpu(), time.Now()
	time.Sleep(5 * time.Second)
	out.IdleCPU = 100 * float64(control.cpu()-before) / float64(time.Since(since))
	var answered, sent []time.Duration
	revision := from.Revision
	for i := range f.changes {
		asked := time.Now()
		if err := f.change(ctx, f.origins[i%2]); err != nil {
			return nil, err
		}
		committed := time.Now()
		next := revision
		for _, p := range polls {
			at, now, ok := p.heard(revision)
			for deadline := committed.Add(10 * time.Second); !ok && time.Now().Before(deadline); at, now, ok = p.heard(revision) {
				time.Sleep(time.Millisecond)
			}
			if !ok {
				failed(errors.New("a poll heard nothing of a change for ten seconds"))
				continue
			}
			answered = append(answered, max(0, at.Sub(committed)))
			sent = append(sent, at.Sub(asked))
			next = max(next, now)
		}
		revision = next
		time.Sleep(10 * time.Millisecond) // until all are parked again
	}
	if out.MemoryMB, err = control.memory(); err != nil {
		return nil, err
	}
	slices.Sort(answered)
	slices.Sort(sent)
	out.Samples = len(answered)
	out.P50, out.P99, out.Max = percentile(answered, 50), percentile(answered, 99), percentile(answered, 100)
	out.SentP50, out.SentP99 = percentile(sent, 50), percentile(sent, 99)
	return out, nil
}

// percentile is the nearest rank, in milliseconds.
func percentile(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[max(0, (percent*len(sorted)+99)/100-1)].Microseconds()) / 1000
}

// change makes the domain's origin another one.
func (f *feedBench) change(ctx context.Context, origin string) error {
	body, err := json.Marshal(map[string]any{"origin": map[string]string{"url": origin}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPatch, f.api+"/v1/domains/"+f.domain, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+f.key)
	request.Header.Set("Content-Type", "application/merge-patch+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("a change was answered %d: %v", response.StatusCode, err)
	}
	return nil
}
