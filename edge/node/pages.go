package node

import (
	"net/http"
	"strconv"

	"nameplate.io/edge/probe"
)

// page is what the node itself says to people. It names nobody and repeats nothing of the request.
type page struct {
	status int
	body   string
}

func newPage(status int, title, text string) page {
	return page{status, `<!doctype html><html lang="en"><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width"><title>` + title + `</title>` +
		`<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color:#333}` +
		`h1{font-size:1.3rem}@media(prefers-color-scheme:dark){body{background:#111;color:#ccc}}</style>` +
		`<h1>` + title + `</h1><p>` + text + "</p></html>\n"}
}

var (
	unknownPage     = newPage(404, "There is no site at this address", "Please check the address, or try again later.")
	suspendedPage   = newPage(503, "This site is not available", "Please try again later.")
	unreachablePage = newPage(502, "This site does not answer", "Please try again in a few minutes.")
	timeoutPage     = newPage(504, "This site takes too long to answer", "Please try again in a few minutes.")
	misdirectedPage = newPage(421, "This connection is for another site", "Please load the page again.")
	loopPage        = newPage(508, "This site leads back to itself", "The address it is served from points here again.")
)

func writePage(w http.ResponseWriter, p page) {
	header := w.Header()
	header["Content-Type"] = []string{"text/html; charset=utf-8"}
	header["Content-Length"] = []string{strconv.Itoa(len(p.body))}
	header["Cache-Control"] = []string{"no-store"}
	header["X-Content-Type-Options"] = []string{"nosniff"}
	header["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'unsafe-inline'"}
	w.WriteHeader(p.status)
	_, _ = w.Write([]byte(p.body)) // net/http drops it for HEAD
}

// own writes a page of the node's in place of the origin's answer, and tells a probe why.
func own(w http.ResponseWriter, asked bool, code string, p page) {
	if asked {
		w.Header().Set(probe.HeaderError, code)
	}
	writePage(w, p)
}
