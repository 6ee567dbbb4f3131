// Package stream is a node's connection to the control plane: it joins, follows the stream of changes,
// acknowledges them, and reads challenge answers through. Nothing that a visitor waits for waits for it,
// but for a challenge miss, one second at most.
package stream

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"nameplate.io/edge/protocol"
)

const (
	// maxReply bounds what a node reads of one reply: 2,000 entries of 16 KB.
	maxReply = 64 << 20

	// maxOutline bounds what a node reads of one outline: a million names of 100 bytes.
	maxOutline = 128 << 20

	requestTimeout = 10 * time.Second
	// outlineTimeout is longer: the control plane reads a million rows.
	outlineTimeout = time.Minute
	answerTimeout  = time.Second
)

// ErrOtherCertificate means that whoever answers is not the control plane that the token was made for. Nothing has been
// sent to it.
var ErrOtherCertificate = errors.New("stream: the control plane's certificate is not the pinned one")

// Client speaks /edge/v1.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client of the control plane at base, which must show exactly the pinned
// certificate. The client certificate is absent while joining.
func NewClient(base, pin string, certificate *tls.Certificate) *Client {
	config := &tls.Config{
		MinVersion: tls.VersionTLS13,
		// The pin is stricter than any name or CA: it is checked for every connection, resumed ones too.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errors.New("stream: control plane without certificate")
			}
			sum := sha256.Sum256(state.PeerCertificates[0].Raw)
			got := base64.RawURLEncoding.EncodeToString(sum[:])
			if subtle.ConstantTimeCompare([]byte(got), []byte(pin)) != 1 {
				return ErrOtherCertificate
			}
			return nil
		},
	}
	if certificate != nil {
		// Shown whatever CAs the control plane names: it knows nodes by their certificates.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return certificate, nil }
	}
	return &Client{base: strings.TrimSuffix(base, "/") + "/edge/v1", http: &http.Client{
		Transport: &http.Transport{
			TLSClientConfig:     config,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConnsPerHost: 8,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// ProblemError is a reply that is not a success.
type ProblemError struct {
	Status  int
	Problem protocol.Problem
}

func (e *ProblemError) Error() string {
	return fmt.Sprintf("stream: control plane answered %d %s %s", e.Status, e.Problem.Type, e.Problem.Detail)
}

// sentence is what the control plane says to people.
func (e *ProblemError) sentence() string {
	for _, text := range []string{e.Problem.Detail, e.Problem.Title} {
		if text != "" {
			return text
		}
	}
	return fmt.Sprintf("HTTP status %d", e.Status)
}

// is reports whether the problem has the code, which is the last part of its type.
func (e *ProblemError) is(code string) bool {
	return e.Problem.Type == code || strings.HasSuffix(e.Problem.Type, "/"+code) || strings.HasSuffix(e.Problem.Type, ":"+code)
}

// Join asks to become a node.
func (c *Client) Join(ctx context.Context, request *protocol.JoinRequest) (*protocol.JoinReply, error) {
	reply := &protocol.JoinReply{}
	return reply, c.do(ctx, requestTimeout, http.MethodPost, "/join", "", request, reply)
}

// JoinState asks whether the node has been signed.
func (c *Client) JoinState(ctx context.Context, nodeID, token string) (*protocol.JoinState, error) {
	reply := &protocol.JoinState{}
	return reply, c.do(ctx, requestTimeout, http.MethodGet, "/join/"+url.PathEscape(nodeID), token, nil, reply)
}

// Changes waits for changes after the position, for wait at most.
func (c *Client) Changes(ctx context.Context, after protocol.Position, wait time.Duration) (*protocol.Changes, error) {
	reply := &protocol.Changes{}
	path := "/changes?after=" + after.String() + "&wait=" + strconv.Itoa(int(wait.Seconds()))
	return reply, c.do(ctx, wait+requestTimeout, http.MethodGet, path, "", nil, reply)
}

// Later decodes a long reply that has come, the first time that it is called. That takes a processor for some 10 ms.
type Later[T any] func() (*T, error)

// Page is a reply of many entries.
type Page = Later[protocol.Changes]

// SnapshotPage reads the page of a snapshot that follows the position; the zero position begins one.
func (c *Client) SnapshotPage(ctx context.Context, after protocol.Position) (Page, error) {
	return c.page(ctx, http.MethodGet, "/changes?snapshot=1&after="+after.String(), nil)
}

func (c *Client) page(ctx context.Context, method, path string, in any) (Page, error) {
	text, err := c.read(ctx, maxReply, requestTimeout, method, path, "", in)
	if err != nil {
		return nil, err
	}
	return later[protocol.Changes](path, text), nil
}

func later[T any](path string, text *bytes.Buffer) Later[T] {
	return sync.OnceValues(func() (*T, error) {
		out := new(T)
		return out, decode(path, text, out)
	})
}

// Outline reads the names of the cluster with their revisions.
func (c *Client) Outline(ctx context.Context) (Later[protocol.Outline], error) {
	const path = "/outline"
	text, err := c.read(ctx, maxOutline, outlineTimeout, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, err
	}
	return later[protocol.Outline](path, text), nil
}

// Entries reads the newest state of names, protocol.MostHostnames of them at most.
func (c *Client) Entries(ctx context.Context, hostnames []string) (Page, error) {
	return c.page(ctx, http.MethodPost, "/entries", &protocol.EntriesRequest{Hostnames: hostnames})
}

// Ack reports what the node holds.
func (c *Client) Ack(ctx context.Context, ack *protocol.Ack) (*protocol.AckReply, error) {
	reply := &protocol.AckReply{}
	return reply, c.do(ctx, requestTimeout, http.MethodPost, "/acks", "", ack, reply)
}

// Upgrade asks whether the node may go over to a build.
func (c *Client) Upgrade(ctx context.Context, build string) (*protocol.UpgradeReply, error) {
	reply := &protocol.UpgradeReply{}
	return reply, c.do(ctx, requestTimeout, http.MethodPost, "/upgrades", "", &protocol.UpgradeRequest{Build: build}, reply)
}

// Answer asks for the answer to a challenge; nil without an error means that there is none.
func (c *Client) Answer(ctx context.Context, hostname, token string) (*protocol.AnswerReply, error) {
	reply := &protocol.AnswerReply{}
	query := url.Values{"hostname": {hostname}, "token": {token}}
	err := c.do(ctx, answerTimeout, http.MethodGet, "/answer?"+query.Encode(), "", nil, reply)
	if problem := (*ProblemError)(nil); errors.As(err, &problem) && problem.Status == http.StatusNotFound {
		return nil, nil
	}
	return reply, err
}

func (c *Client) do(ctx context.Context, timeout time.Duration, method, path, bearer string, in, out any) error {
	text, err := c.read(ctx, maxReply, timeout, method, path, bearer, in)
	if err != nil {
		return err
	}
	return decode(path, text, out)
}

// replies are buffers that are free again. A page is some megabytes, which would be as many anew each time, and several
// times that while it grows.
var replies = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// reuse takes a buffer that nobody reads any more.
func reuse(text *bytes.Buffer) {
	text.Reset()
	replies.Put(text)
}

// decode reads a reply, and takes its buffer. What parts of a reply share is put where it belongs.
func decode(path string, text *bytes.Buffer, out any) error {
	defer reuse(text)
	if err := json.Unmarshal(text.Bytes(), out); err != nil {
		return fmt.Errorf("stream: reading the reply to %s: %w", path, err)
	}
	if changes, ok := out.(*protocol.Changes); ok {
		changes.Resolve()
	}
	return nil
}

// read returns the body of a success, which decode takes.
func (c *Client) read(ctx context.Context, limit int64, timeout time.Duration, method, path, bearer string, in any) (*bytes.Buffer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var body io.Reader
	if in != nil {
		question, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(question)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/json")
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text := replies.Get().(*bytes.Buffer)
	_, err = text.ReadFrom(io.LimitReader(response.Body, limit+1))
	if response.StatusCode < 200 || response.StatusCode > 299 {
		problem := &ProblemError{Status: response.StatusCode}
		// A proxy's error page is no problem document; the status says enough.
		_ = json.Unmarshal(text.Bytes(), &problem.Problem)
		reuse(text)
		return nil, problem
	}
	if err == nil && int64(text.Len()) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	if err != nil {
		reuse(text)
		return nil, fmt.Errorf("stream: reading the reply to %s: %w", path, err)
	}
	return text, nil
}
