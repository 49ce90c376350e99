// Command kube is a Kubernetes API server with its etcd in one process, on loopback and for one test, and the kubectl for it.
//
//	kube serve DIRECTORY PORT   until SIGTERM; DIRECTORY is empty, and gets all that it writes, kubeconfig among it
//	kube kubectl ...            kubectl
package main

import (
	"os"

	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "kubectl" {
		os.Args = os.Args[1:]
		os.Exit(cli.Run(kubectl.NewDefaultKubectlCommand()))
	}
	if len(os.Args) == 4 && os.Args[1] == "serve" {
		os.Exit(serve(os.Args[2], os.Args[3]))
	}
	os.Stderr.WriteString("usage: kube serve DIRECTORY PORT | kube kubectl ...\n")
	os.Exit(2)
}
