// check-dashboard reads a Grafana dashboard (the one argument) by Grafana's own schema, and prints what that does not allow:
// unknown or missing fields, wrong types, in the dashboard, its panels and their queries.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/loki"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

func main() {
	problems, err := check(os.Args[1])
	if err != nil {
		problems = err.Error()
	}
	if problems != "" {
		fmt.Fprintln(os.Stderr, problems)
		os.Exit(1)
	}
}

// check returns what the schema does not allow, "" for nothing.
func check(path string) (string, error) {
	runtime := cog.NewRuntime()
	runtime.RegisterPanelcfgVariant(stat.VariantConfig())
	runtime.RegisterPanelcfgVariant(table.VariantConfig())
	runtime.RegisterPanelcfgVariant(timeseries.VariantConfig())
	runtime.RegisterDataqueryVariant(loki.VariantConfig())
	runtime.RegisterDataqueryVariant(prometheus.VariantConfig())
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var read dashboard.Dashboard
	// Where nothing is wrong, it may be an error without a text.
	problems := errors.Join(read.UnmarshalJSONStrict(text), read.Validate())
	if problems == nil {
		return "", nil
	}
	return strings.TrimSpace(problems.Error()), nil
}
