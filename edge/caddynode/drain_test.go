package caddynode

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"
)

// serving runs the edge as the program does, until the signals and what is under way have ended it.
func (e *edge) serving(signals <-chan os.Signal) (ended chan error) {
	ended = make(chan error, 1)
	go func() { ended <- Serve(e.options, signals) }()
	return ended
}

func (e *edge) endedSoon(ended <-chan error) {
	e.t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			e.t.Error(err)
		}
	case <-time.After(2 * time.Minute):
		e.t.Fatal("still serving")
	}
}

func TestADrainIsSaidWhileNewVisitorsAreAnsweredAndThenFinishesWhatIsUnderWay(t *testing.T) {
	e := newEdge(t)
	e.options.DrainDelay, e.options.Grace = time.Hour, 2*time.Minute
	e.start()
	e.ready()
	goOn, arrived := make(chan struct{}), make(chan struct{})
	e.put(e.entry("shop.acme.com", saying(t, "hello")), e.entry("socket.acme.com", originOf(upgraded(t))),
		e.entry("slow.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
			close(arrived)
			<-goOn
			fmt.Fprint(w, "finished")
		}))))
	conn, reader := e.webSocket("socket.acme.com")
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	echoes := func(word string) {
		t.Helper()
		fmt.Fprintln(conn, word)
		if line, err := reader.ReadString('\n'); err != nil || line != "echo "+word+"\n" {
			t.Errorf("WebSocket: %q, %v (expected: it goes on)", line, err)
		}
	}
	signals := make(chan os.Signal, 4)
	ended := e.serving(signals)

	signals <- syscall.SIGTERM
	eventually(t, "/readyz says that it drains", time.Minute, func() bool {
		code, s := e.status()
		return code == 503 && s.Reason == "draining"
	})
	if got := e.get("https://shop.acme.com/"); got.body != "hello" {
		t.Errorf("a new visitor: %d %q (expected: hello)", got.status, got.body)
	}
	echoes("while it drains")
	result := make(chan string, 1)
	go func() {
		got, err := e.do(mustRequest(t, "https://slow.acme.com/"))
		result <- fmt.Sprint(got.body, err)
	}()
	<-arrived

	signals <- syscall.SIGTERM // no need to wait any longer
	eventually(t, "nobody new is let in", time.Minute, func() bool {
		_, err := e.handshake("shop.acme.com")
		return err != nil
	})
	echoes("behind closed doors")
	close(goOn)
	if got := <-result; got != "finished<nil>" {
		t.Errorf("%s (expected: finished)", got)
	}
	select {
	case <-ended:
		t.Error("it ended while a WebSocket was open, before its time")
	default:
	}
	conn.Close()
	e.endedSoon(ended)
}

func TestAWebSocketThatStaysIsClosedWhenItsTimeIsOver(t *testing.T) {
	e := started(t) // with a grace of two seconds
	e.put(e.entry("socket.acme.com", originOf(upgraded(t))))
	conn, reader := e.webSocket("socket.acme.com")
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	fmt.Fprintln(conn, "here") // the answer says that the reverse proxy has begun to copy, and knows of it
	if line, err := reader.ReadString('\n'); err != nil || line != "echo here\n" {
		t.Fatalf("%q, %v (expected: an echo)", line, err)
	}
	signals := make(chan os.Signal, 1)
	ended := e.serving(signals)
	signals <- syscall.SIGTERM
	e.endedSoon(ended)
	if _, err := reader.ReadString('\n'); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v (expected: closed)", err)
	}
}
