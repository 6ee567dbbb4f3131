package table

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// FuzzDecide feeds entries as a broken control plane could send them.
func FuzzDecide(f *testing.F) {
	key, err := seal.NewClusterKey(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"hostname":"shop.acme.com","revision":1,"domain_id":"dom_1","team_id":"tea_1","state":"serving",
		"origin":{"scheme":"https","host":"origin.example.net","port":443,"path":"/","host_header":"visitor","server_name":"origin.example.net"},
		"certificate":{"id":"cer_1","chain":"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n","sealed_key":"AQ=="}}`))
	f.Add([]byte(`{"hostname":"shop.acme.com","revision":2,"state":"removed"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var in protocol.Entry
		if json.Unmarshal(text, &in) != nil {
			return
		}
		held := &Entry{Name: in.Hostname, Domain: in.DomainID, Epoch: 1, Revision: 0}
		next := Decide(held, 1, &in, key, time.Unix(1_800_000_000, 0))
		if next == nil {
			if in.Revision > 0 {
				t.Fatalf("ignored %s", text)
			}
			return
		}
		if next.State == Serving && next.Refused == protocol.NotRefused && next.Origin == nil {
			t.Fatalf("serves without an origin: %s", text)
		}
		if next.Revision != in.Revision {
			t.Fatalf("revision %d of %s", next.Revision, text)
		}
	})
}
