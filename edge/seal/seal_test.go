package seal

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors are shared with the control plane's tests: both sides must get these bytes.
type vectors struct {
	About      string            `json:"about"`
	ClusterKey string            `json:"cluster_key_hex"`
	Derived    map[string]string `json:"derived_hex"`
	Private    struct {
		CertificateID string `json:"certificate_id"`
		Hostname      string `json:"hostname"`
		PKCS8         string `json:"pkcs8_hex"`
		Nonce         string `json:"nonce_hex"`
		Sealed        string `json:"sealed_base64"`
	} `json:"sealed_private_key"`
	Cluster struct {
		ClusterID        string `json:"cluster_id"`
		NodeID           string `json:"node_id"`
		NodePrivate      string `json:"node_private_hex"`
		NodePublic       string `json:"node_public_hex"`
		EphemeralPrivate string `json:"ephemeral_private_hex"`
		Nonce            string `json:"nonce_hex"`
		Sealed           string `json:"sealed_base64"`
	} `json:"sealed_cluster_key"`
	Reach struct {
		Hostname string `json:"hostname"`
		Nonce    string `json:"nonce"`
		Node     string `json:"node"`
		MAC      string `json:"mac_hex"`
	} `json:"reach"`
	Probe struct {
		UnixSeconds int64  `json:"unix_seconds"`
		Nonce       string `json:"nonce"`
		Hostname    string `json:"hostname"`
		MAC         string `json:"mac_hex"`
		Header      string `json:"header"`
	} `json:"probe"`
	Digest struct {
		Names  map[string]int64 `json:"names"`
		Digest string           `json:"digest"`
		Empty  string           `json:"empty"`
	} `json:"digest"`
	Ticket struct {
		UnixSeconds int64  `json:"unix_seconds"`
		Key         string `json:"key_hex"`
	} `json:"ticket"`
}

const vectorFile = "testdata/vectors.json"

// A P-256 key made for these vectors only.
const samplePKCS8 = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420" +
	"c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721" +
	"a1440342000460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

func sequence(first byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = first + byte(i)
	}
	return out
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func x25519(t *testing.T, private []byte) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func computed(t *testing.T) vectors {
	t.Helper()
	var v vectors
	v.About = "docs/edge-protocol.md in bytes; the edge and the control plane test against this file"
	root := sequence(0, 32)
	v.ClusterKey = hex.EncodeToString(root)
	key, err := NewClusterKey(root)
	if err != nil {
		t.Fatal(err)
	}
	v.Derived = map[string]string{}
	for _, info := range []string{infoCertificateKey, infoReach, infoProbe, infoTicket + "500000"} {
		v.Derived[info] = hex.EncodeToString(key.derive(info))
	}

	p := &v.Private
	p.CertificateID, p.Hostname = "cer_01", "shop.acme.com"
	p.PKCS8 = samplePKCS8
	p.Nonce = hex.EncodeToString(sequence(0x40, 12))
	p.Sealed = base64.StdEncoding.EncodeToString(
		key.SealPrivateKey(unhex(t, p.PKCS8), p.CertificateID, p.Hostname, unhex(t, p.Nonce)))

	c := &v.Cluster
	c.ClusterID, c.NodeID = "clu_01", "nod_01"
	node, ephemeral := x25519(t, sequence(0x60, 32)), x25519(t, sequence(0x80, 32))
	c.NodePrivate = hex.EncodeToString(node.Bytes())
	c.NodePublic = hex.EncodeToString(node.PublicKey().Bytes())
	c.EphemeralPrivate = hex.EncodeToString(ephemeral.Bytes())
	c.Nonce = hex.EncodeToString(sequence(0xa0, 12))
	sealed, err := SealClusterKey(root, node.PublicKey(), c.ClusterID, c.NodeID, ephemeral, unhex(t, c.Nonce))
	if err != nil {
		t.Fatal(err)
	}
	c.Sealed = base64.StdEncoding.EncodeToString(sealed)

	v.Reach.Hostname, v.Reach.Nonce, v.Reach.Node = "shop.acme.com", "0123456789abcdef", "nod_01"
	v.Reach.MAC = hex.EncodeToString(key.ReachMAC(v.Reach.Hostname, v.Reach.Nonce, v.Reach.Node))

	v.Probe.UnixSeconds, v.Probe.Nonce, v.Probe.Hostname = 1800000000, "0123456789abcdef", "shop.acme.com"
	v.Probe.MAC = hex.EncodeToString(key.ProbeMAC(v.Probe.UnixSeconds, v.Probe.Nonce, v.Probe.Hostname))
	v.Probe.Header = strings.Join([]string{"v1", strconv.FormatInt(v.Probe.UnixSeconds, 10), v.Probe.Nonce, v.Probe.MAC}, ";")

	v.Digest.Names = map[string]int64{"shop.acme.com": 4710, "acme.com": 1, "xn--bcher-kva.example": 99}
	var digest protocol.Digest
	v.Digest.Empty = digest.String()
	for name, revision := range v.Digest.Names {
		digest ^= protocol.DigestOf(name, revision)
	}
	v.Digest.Digest = digest.String()

	v.Ticket.UnixSeconds = 1800000000
	ticket := key.TicketKey(time.Unix(v.Ticket.UnixSeconds, 0))
	v.Ticket.Key = hex.EncodeToString(ticket[:])
	return v
}

func TestVectorsAreWhatThisCodeComputes(t *testing.T) {
	got, err := json.MarshalIndent(computed(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(vectorFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("vectors differ from %s:\n%s", vectorFile, got)
	}
}

func TestSealedKeysOpenOnlyForTheirCertificateAndName(t *testing.T) {
	key, err := NewClusterKey(sequence(0, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.SealPrivateKey([]byte("a key"), "cer_01", "shop.acme.com", nil)
	if der, err := key.OpenPrivateKey(sealed, "cer_01", "shop.acme.com"); err != nil || string(der) != "a key" {
		t.Fatalf("OpenPrivateKey = %q, %v", der, err)
	}
	other, _ := NewClusterKey(sequence(1, 32))
	for name, open := range map[string]func() ([]byte, error){
		"another certificate": func() ([]byte, error) { return key.OpenPrivateKey(sealed, "cer_02", "shop.acme.com") },
		"another name":        func() ([]byte, error) { return key.OpenPrivateKey(sealed, "cer_01", "shop.acme.org") },
		"another cluster":     func() ([]byte, error) { return other.OpenPrivateKey(sealed, "cer_01", "shop.acme.com") },
	} {
		if _, err := open(); !errors.Is(err, ErrUnsealable) {
			t.Errorf("%s: error %v (expected: %v)", name, err, ErrUnsealable)
		}
	}
	for n := range sealed {
		if _, err := key.OpenPrivateKey(sealed[:n], "cer_01", "shop.acme.com"); err == nil {
			t.Errorf("opened when cut to %d bytes", n)
		}
		flipped := bytes.Clone(sealed)
		flipped[n] ^= 1
		if _, err := key.OpenPrivateKey(flipped, "cer_01", "shop.acme.com"); err == nil {
			t.Errorf("opened with byte %d changed", n)
		}
	}
}

func TestSealedClusterKeyOpensOnlyForItsNode(t *testing.T) {
	node, other := x25519(t, sequence(0x60, 32)), x25519(t, sequence(0x61, 32))
	sealed, err := SealClusterKey(sequence(0, 32), node.PublicKey(), "clu_01", "nod_01", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := OpenClusterKey(sealed, node, "clu_01", "nod_01"); err != nil || !bytes.Equal(key, sequence(0, 32)) {
		t.Fatalf("OpenClusterKey = %x, %v", key, err)
	}
	if _, err := OpenClusterKey(sealed, other, "clu_01", "nod_01"); err == nil {
		t.Error("opened by another node's key")
	}
	if _, err := OpenClusterKey(sealed, node, "clu_02", "nod_01"); err == nil {
		t.Error("opened for another cluster")
	}
	if _, err := OpenClusterKey(sealed, node, "clu_01", "nod_02"); err == nil {
		t.Error("opened for another node")
	}
	for n := range sealed {
		if _, err := OpenClusterKey(sealed[:n], node, "clu_01", "nod_01"); err == nil {
			t.Errorf("opened when cut to %d bytes", n)
		}
	}
}
