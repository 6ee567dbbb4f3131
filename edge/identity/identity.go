// Package identity keeps who a node is: its keys, what it was given when it joined, and the one
// certificate of the control plane that it trusts. All of it is one file that only its owner may read.
package identity

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

const fileName = "node.json"

// Identity is what the file holds. A node without Certificate has not been signed yet.
type Identity struct {
	Key        string `json:"key"`         // PKCS#8 PEM: proves the node to the control plane
	CSR        string `json:"csr"`         // kept, since a repeated join must send the same one
	SealingKey string `json:"sealing_key"` // base64 X25519 private key: opens the cluster's key

	Pin              string `json:"pin,omitempty"` // of the control plane's certificate
	NodeID           string `json:"node_id,omitempty"`
	ClusterID        string `json:"cluster_id,omitempty"`
	Certificate      string `json:"certificate,omitempty"` // PEM, signed by the node CA
	SealedClusterKey string `json:"sealed_cluster_key,omitempty"`
	HTTPPort         int    `json:"http_port,omitempty"`

	// Control is where the node was last started to find its control plane: for commands beside it.
	Control string `json:"control,omitempty"`

	path string
}

// Load reads the node's identity from dir, or makes its keys if there is none.
func Load(dir, name string) (*Identity, error) {
	path := filepath.Join(dir, fileName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path, name)
	}
	if err != nil {
		return nil, err
	}
	id := &Identity{path: path}
	if err := json.Unmarshal(text, id); err != nil {
		return nil, fmt.Errorf("identity: %s: %w", path, err)
	}
	return id, nil
}

func create(path, name string) (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: name},
	}, key)
	if err != nil {
		return nil, err
	}
	sealing, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	id := &Identity{
		Key:        string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		CSR:        string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})),
		SealingKey: base64.StdEncoding.EncodeToString(sealing.Bytes()),
		path:       path,
	}
	return id, id.Save()
}

// Save writes the file so that a crash leaves either the old or the new one.
func (id *Identity) Save() error {
	text, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return err
	}
	temporary := id.path + ".tmp"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, id.path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(id.path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Joined reports whether the node has been signed and given the cluster's key.
func (id *Identity) Joined() bool { return id.Certificate != "" && id.SealedClusterKey != "" }

// SealingPublic is the public key that the cluster's key is sealed to, as the protocol writes it.
func (id *Identity) SealingPublic() (string, error) {
	key, err := id.sealing()
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(key.PublicKey().Bytes()), nil
}

func (id *Identity) sealing() (*ecdh.PrivateKey, error) {
	raw, err := base64.StdEncoding.DecodeString(id.SealingKey)
	if err != nil {
		return nil, fmt.Errorf("identity: sealing key: %w", err)
	}
	return ecdh.X25519().NewPrivateKey(raw)
}

// Accept takes over what the control plane gave to the node, if it fits the node's keys.
func (id *Identity) Accept(state *protocol.JoinState) error {
	next := *id
	next.Certificate, next.SealedClusterKey = state.Certificate, state.SealedClusterKey
	next.HTTPPort = state.HTTPPort
	if state.ClusterID != "" {
		next.ClusterID = state.ClusterID
	}
	if _, err := next.ClientCertificate(); err != nil {
		return err
	}
	if _, err := next.ClusterKey(); err != nil {
		return err
	}
	*id = next
	return id.Save()
}

// ClientCertificate is what the node shows to the control plane.
func (id *Identity) ClientCertificate() (tls.Certificate, error) {
	pair, err := tls.X509KeyPair([]byte(id.Certificate), []byte(id.Key))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("identity: certificate: %w", err)
	}
	return pair, nil
}

// ClusterKey opens the cluster's key.
func (id *Identity) ClusterKey() (*seal.ClusterKey, error) {
	sealing, err := id.sealing()
	if err != nil {
		return nil, err
	}
	sealed, err := seal.DecodeBase64(id.SealedClusterKey)
	if err != nil {
		return nil, fmt.Errorf("identity: cluster key: %w", err)
	}
	root, err := seal.OpenClusterKey(sealed, sealing, id.ClusterID, id.NodeID)
	if err != nil {
		return nil, fmt.Errorf("identity: cluster key: %w", err)
	}
	return seal.NewClusterKey(root)
}

// Token is a join token: npj_SECRET.PIN.
type Token struct {
	Text string
	Pin  string
}

// ParseToken reads a join token.
func ParseToken(text string) (Token, error) {
	text = strings.TrimSpace(text)
	_, pin, ok := strings.Cut(text, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(pin); !ok || !strings.HasPrefix(text, "npj_") || err != nil || len(raw) != 32 {
		return Token{}, errors.New("join token: expected npj_SECRET.PIN")
	}
	return Token{Text: text, Pin: pin}, nil
}
