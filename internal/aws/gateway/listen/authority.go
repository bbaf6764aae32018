// Package listen opens the ports Weir answers on: plain (HTTP/1.1 and HTTP/2
// without TLS) and TLS (HTTP/2 by ALPN) with an authority of its own.
//
// Vocabulary. The Authority is a private certificate authority whose key stays in
// the data directory. A leaf is a server certificate, made in memory for the name
// a client asks for, when that is localhost, a name Weir was told it has, or an
// AWS host name (kinesis.cn-north-1.amazonaws.com.cn): programs that insist on
// AWS's names and on TLS are sent here by the resolver.
//
// The authority is constrained to those names, so that trusting it lets nobody
// read a bank's traffic. Ports bind before anything is served; who may bind other
// than loopback is decided by the caller.
package listen

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// The files of an Authority in its directory.
const (
	CertificateFile = "ca.pem"
	keyFile         = "ca.key"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 397 * 24 * time.Hour // the longest that clients take
	maxLeaves     = 1000
)

// Authority makes the server certificates.
type Authority struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	hosts []string
	clock clock.Clock
	rand  io.Reader

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// awsDomains are the domains of AWS's endpoints.
func awsDomains() []string { return []string{"amazonaws.com", "amazonaws.com.cn"} }

// OpenAuthority reads the authority in dir of fs, or makes one when there is
// none, when it has run out, or when it may not sign for hosts: the names and
// addresses Weir has beside localhost.
func OpenAuthority(fs vfs.FS, dir string, hosts []string, ck clock.Clock, rand io.Reader) (*Authority, error) {
	a := &Authority{hosts: hosts, clock: ck, rand: rand, leaves: map[string]*tls.Certificate{}}
	if a.load(fs, dir) && a.covers() {
		return a, nil
	}
	if err := a.create(fs, dir); err != nil {
		return nil, fmt.Errorf("making the TLS authority in %s: %w", dir, err)
	}
	return a, nil
}

// PEM is the authority's certificate, for clients to trust.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// load reads the files; what cannot be read is made anew.
func (a *Authority) load(fs vfs.FS, dir string) bool {
	certPEM, err := vfs.ReadFile(fs, fs.PathJoin(dir, CertificateFile))
	if err != nil {
		return false
	}
	keyPEM, err := vfs.ReadFile(fs, fs.PathJoin(dir, keyFile))
	if err != nil {
		return false
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return false
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	a.cert, a.key = pair.Leaf, key
	return ok && a.cert != nil
}

// covers tells whether the authority may sign for all names for a while.
func (a *Authority) covers() bool {
	if a.clock.Now().Add(leafLife / 2).After(a.cert.NotAfter) {
		return false
	}
	for _, host := range a.hosts {
		if ip := net.ParseIP(host); ip != nil {
			if !slices.ContainsFunc(a.cert.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) }) {
				return false
			}
		} else if !slices.Contains(a.cert.PermittedDNSDomains, host) {
			return false
		}
	}
	return true
}

func (a *Authority) create(fs vfs.FS, dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.rand)
	if err != nil {
		return err
	}
	now := a.clock.Now()
	names, addresses := a.split(nil)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "Weir local authority", Organization: []string{"Weir"}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: append(names, awsDomains()...),
	}
	for _, ip := range addresses {
		bits := len(ip) * 8
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	der, err := x509.CreateCertificate(a.rand, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.key = key
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var keyPEM bytes.Buffer
	if err := pem.Encode(&keyPEM, &pem.Block{Type: "PRIVATE KEY", Bytes: secret}); err != nil {
		return err
	}
	if err := vfs.WriteFile(fs, fs.PathJoin(dir, keyFile), keyPEM.Bytes()); err != nil {
		return err
	}
	return vfs.WriteFile(fs, fs.PathJoin(dir, CertificateFile), a.PEM())
}

// split sorts Weir's own names from its addresses, and adds further names.
func (a *Authority) split(further []string) (names []string, addresses []net.IP) {
	for _, host := range slices.Concat([]string{"localhost", "127.0.0.1", "::1"}, a.hosts, further) {
		ip := net.ParseIP(host)
		switch {
		case ip == nil:
			names = append(names, host)
		case ip.To4() != nil:
			addresses = append(addresses, ip.To4())
		default:
			addresses = append(addresses, ip)
		}
	}
	return names, addresses
}

// Certificate is the server certificate for the name a client asks for; a name
// that is not ours gets the one for localhost.
func (a *Authority) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if !ours(name) {
		name = ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	if leaf := a.leaves[name]; leaf != nil && now.Add(24*time.Hour).Before(leaf.Leaf.NotAfter) {
		return leaf, nil
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	leaf, err := a.issue(name, now)
	if err != nil {
		return nil, fmt.Errorf("making the certificate for %q: %w", name, err)
	}
	a.leaves[name] = leaf
	return leaf, nil
}

// ours tells whether a name is an AWS host name or below localhost.
func ours(name string) bool {
	for _, domain := range append(awsDomains(), "localhost") {
		if strings.HasSuffix(name, "."+domain) {
			return true
		}
	}
	return false
}

func (a *Authority) issue(name string, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.rand)
	if err != nil {
		return nil, err
	}
	var further []string
	if name != "" {
		further = []string{name}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + int64(len(a.leaves))),
		Subject:      pkix.Name{CommonName: "localhost", Organization: []string{"Weir"}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	template.DNSNames, template.IPAddresses = a.split(further)
	der, err := x509.CreateCertificate(a.rand, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}
