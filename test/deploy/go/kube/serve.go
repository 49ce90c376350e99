package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// serve runs both until a signal, and returns the exit status.
func serve(directory, port string) int {
	in := func(name string) string { return filepath.Join(directory, name) }
	etcd, err := startEtcd(in("etcd"))
	if err != nil {
		return failed(err)
	}
	defer etcd.Close()
	if err := writeAccess(directory, port); err != nil {
		return failed(err)
	}
	command := app.NewAPIServerCommand()
	command.SetArgs([]string{
		"--bind-address=127.0.0.1",
		"--secure-port=" + port,
		"--cert-dir=" + in("certs"),
		"--etcd-servers=http://" + etcd.Clients[0].Addr().String(),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kube.test",
		"--service-account-key-file=" + in("accounts.key"),
		"--service-account-signing-key-file=" + in("accounts.key"),
		"--token-auth-file=" + in("tokens.csv"),
		"--authorization-mode=RBAC",
		// No controller makes the accounts that it would ask for.
		"--disable-admission-plugins=ServiceAccount",
	})
	return cli.Run(command)
}

func startEtcd(directory string) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = directory
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	anyPort := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config.ListenClientUrls = []url.URL{anyPort}
	config.AdvertiseClientUrls = []url.URL{anyPort}
	config.ListenPeerUrls = []url.URL{anyPort}
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	<-etcd.Server.ReadyNotify()
	return etcd, nil
}

// writeAccess makes the key that service accounts are signed with, and an administrator with the kubeconfig to be it.
func writeAccess(directory, port string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	token := hex.EncodeToString(secret)
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, content := range map[string]string{
		"accounts.key": string(block),
		"tokens.csv":   token + ",admin,admin,system:masters\n",
		"kubeconfig":   fmt.Sprintf(kubeconfig, port, token),
	} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: admin } }]
clusters: [{ name: test, cluster: { server: "https://127.0.0.1:%s", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: %s } }]
`

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
