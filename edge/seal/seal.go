// Package seal holds the cryptography of docs/edge-protocol.md: the keys derived from a cluster's
// key, the two sealed forms, and the MACs of reach answers and probes. Nothing here does I/O.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	infoCertificateKey = "nameplate/certificate-key/v1"
	infoReach          = "nameplate/reach/v1"
	infoProbe          = "nameplate/probe/v1"
	infoTicket         = "nameplate/ticket/v1/"
	infoClusterKey     = "nameplate/cluster-key/v1"

	version   = 0x01
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
)

// ErrUnsealable means that the sealed text is not what it should be: another key, another name, cut off or changed.
var ErrUnsealable = errors.New("seal: does not open")

// ClusterKey is a cluster's root key with the keys derived from it. The zero value opens nothing.
type ClusterKey struct {
	root  [keySize]byte
	certs cipher.AEAD
	reach []byte
	probe []byte
}

// NewClusterKey derives the keys in use from a cluster key of 32 bytes.
func NewClusterKey(root []byte) (*ClusterKey, error) {
	if len(root) != keySize {
		return nil, fmt.Errorf("seal: cluster key of %d bytes (expected: %d)", len(root), keySize)
	}
	k := &ClusterKey{}
	copy(k.root[:], root)
	certs, err := aead(k.derive(infoCertificateKey))
	if err != nil {
		return nil, err
	}
	k.certs = certs
	k.reach = k.derive(infoReach)
	k.probe = k.derive(infoProbe)
	return k, nil
}

func (k *ClusterKey) derive(info string) []byte {
	key, err := hkdf.Key(sha256.New, k.root[:], nil, info, keySize)
	if err != nil {
		panic(err) // only a key longer than 255 hashes can fail
	}
	return key
}

// TicketKey is the TLS session-ticket key of the hour that holds the moment.
func (k *ClusterKey) TicketKey(at time.Time) [keySize]byte {
	hour := at.Unix() / 3600
	return [keySize]byte(k.derive(infoTicket + strconv.FormatInt(hour, 10)))
}

// OpenPrivateKey returns the PKCS#8 DER of a certificate's sealed private key (raw bytes, after base64).
func (k *ClusterKey) OpenPrivateKey(sealed []byte, certificateID, hostname string) ([]byte, error) {
	if len(sealed) < 1+nonceSize+tagSize || sealed[0] != version {
		return nil, ErrUnsealable
	}
	der, err := k.certs.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], []byte(certificateID+"|"+hostname))
	if err != nil {
		return nil, ErrUnsealable
	}
	return der, nil
}

// SealPrivateKey is the inverse of OpenPrivateKey. A nil nonce means a random one; a given nonce must never be used twice.
func (k *ClusterKey) SealPrivateKey(der []byte, certificateID, hostname string, nonce []byte) []byte {
	nonce = nonceOr(nonce)
	out := append([]byte{version}, nonce...)
	return k.certs.Seal(out, nonce, der, []byte(certificateID+"|"+hostname))
}

// ReachMAC is the MAC with which a node answers a nonce.
func (k *ClusterKey) ReachMAC(hostname, nonce, node string) []byte {
	return mac(k.reach, hostname, nonce, node)
}

// ProbeMAC is the MAC of a probe header.
func (k *ClusterKey) ProbeMAC(unixSeconds int64, nonce, hostname string) []byte {
	return mac(k.probe, "v1", strconv.FormatInt(unixSeconds, 10), nonce, hostname)
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for i, part := range parts {
		if i > 0 {
			h.Write([]byte{'|'})
		}
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// OpenClusterKey opens a cluster key that was sealed to the node's X25519 key (raw bytes, after base64).
func OpenClusterKey(sealed []byte, node *ecdh.PrivateKey, clusterID, nodeID string) ([]byte, error) {
	if len(sealed) < 1+keySize+nonceSize+tagSize || sealed[0] != version {
		return nil, ErrUnsealable
	}
	ephemeral, err := ecdh.X25519().NewPublicKey(sealed[1 : 1+keySize])
	if err != nil {
		return nil, ErrUnsealable
	}
	box, err := sharedBox(node, ephemeral, ephemeral, node.PublicKey())
	if err != nil {
		return nil, ErrUnsealable
	}
	rest := sealed[1+keySize:]
	key, err := box.Open(nil, rest[:nonceSize], rest[nonceSize:], []byte(clusterID+"|"+nodeID))
	if err != nil || len(key) != keySize {
		return nil, ErrUnsealable
	}
	return key, nil
}

// SealClusterKey is the inverse of OpenClusterKey. Nil ephemeral and nonce mean random ones.
func SealClusterKey(
	clusterKey []byte, node *ecdh.PublicKey, clusterID, nodeID string, ephemeral *ecdh.PrivateKey, nonce []byte,
) ([]byte, error) {
	if ephemeral == nil {
		var err error
		if ephemeral, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
			return nil, err
		}
	}
	box, err := sharedBox(ephemeral, node, ephemeral.PublicKey(), node)
	if err != nil {
		return nil, err
	}
	nonce = nonceOr(nonce)
	out := append([]byte{version}, ephemeral.PublicKey().Bytes()...)
	out = append(out, nonce...)
	return box.Seal(out, nonce, clusterKey, []byte(clusterID+"|"+nodeID)), nil
}

func sharedBox(mine *ecdh.PrivateKey, theirs, ephemeral, node *ecdh.PublicKey) (cipher.AEAD, error) {
	shared, err := mine.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	salt := append(append([]byte{}, ephemeral.Bytes()...), node.Bytes()...)
	key, err := hkdf.Key(sha256.New, shared, salt, infoClusterKey, keySize)
	if err != nil {
		return nil, err
	}
	return aead(key)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func nonceOr(nonce []byte) []byte {
	if nonce != nil {
		return nonce
	}
	nonce = make([]byte, nonceSize)
	rand.Read(nonce)
	return nonce
}

// DecodeBase64 reads the protocol's base64 (RFC 4648 section 4, with padding).
func DecodeBase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(text)
}
