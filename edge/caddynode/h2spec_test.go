package caddynode

import (
	"encoding/xml"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/summerwind/h2spec"
	"github.com/summerwind/h2spec/config"
)

// h2spec asks whether the edge speaks HTTP/2 and HPACK as RFC 9113 and RFC 7541 have them. It dials the
// name it asks for, so the name is the one that every machine resolves by itself.
func TestSpeaksHTTP2AsH2specWantsIt(t *testing.T) {
	e := newEdge(t)
	e.options.Node.HTTPSAddress = freePort(t, "127.0.0.1")
	e.start()
	e.ready()
	e.put(e.entry("localhost", saying(t, "hello")))
	host, port, _ := net.SplitHostPort(e.options.Node.HTTPSAddress)
	number, _ := strconv.Atoi(port)
	if host != "127.0.0.1" {
		t.Fatal(host)
	}
	ask := func(timeout time.Duration) (asked int, wrong []string) {
		report := filepath.Join(t.TempDir(), "h2spec.xml")
		if _, err := h2spec.Run(&config.Config{
			Host: "localhost", Port: number, Path: "/", Timeout: timeout, MaxHeaderLen: 4000,
			TLS: true, Insecure: true, JUnitReport: report,
		}); err != nil {
			t.Fatal(err)
		}
		for _, suite := range suitesIn(t, report) {
			for _, one := range suite.Cases {
				asked++
				if _, known := goDiffers[one.Class]; one.Failure != "" && !known {
					wrong = append(wrong, suite.Package+": "+one.Class+": "+one.Failure)
				}
			}
		}
		return asked, wrong
	}
	asked, wrong := ask(5 * time.Second)
	if len(wrong) > 0 { // on a busy machine silence may only be slowness
		t.Logf("asking once more, with more patience: %q", wrong)
		asked, wrong = ask(30 * time.Second)
	}
	for _, failure := range wrong {
		t.Error(failure)
	}
	if asked < 140 {
		t.Errorf("%d questions were asked (expected: all 145)", asked)
	}
}

// goDiffers are the four questions that Go's own HTTP/2 server answers otherwise (seen with net/http
// alone, the same day), and why that harms nobody.
var goDiffers = map[string]string{
	"Sends a large size HEADERS frame that exceeds the SETTINGS_MAX_FRAME_SIZE":                      "the server allows frames of 1 MiB; the question takes 16 KiB for granted",
	"Sends multiple values of SETTINGS_INITIAL_WINDOW_SIZE":                                          "a window of less than what was sent ends the connection",
	"Sends a HEADERS frame that contains the connection-specific header field":                       "answered with 400 and never passed on (TestNoRequestIsSmuggledThroughHTTP2)",
	"Sends a HEADERS frame that contains the TE header field with any value other than \"trailers\"": "answered with 400 and never passed on",
}

type h2Suite struct {
	Package string `xml:"package,attr"`
	Cases   []struct {
		Class   string `xml:"classname,attr"`
		Failure string `xml:"failure"`
	} `xml:"testcase"`
}

func suitesIn(t *testing.T, report string) []h2Suite {
	t.Helper()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Suites []h2Suite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all.Suites
}
