package main

import (
	"path"
	"strings"
)

// kubeVersion is .Capabilities.KubeVersion.
type kubeVersion struct{ Version, Major, Minor string }

func newKubeVersion(version string) kubeVersion {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	return kubeVersion{Version: version, Major: parts[0], Minor: parts[1]}
}

func (v kubeVersion) String() string     { return v.Version }
func (v kubeVersion) GitVersion() string { return v.Version }

// apiVersions is .Capabilities.APIVersions.
type apiVersions map[string]bool

func (v apiVersions) Has(version string) bool { return v[version] }

// files is .Files: what the chart holds besides its templates and its own description.
type files map[string][]byte

func (c *chart) readable() files {
	own := map[string]bool{"Chart.yaml": true, "values.yaml": true, "values.schema.json": true}
	result := files{}
	for name, content := range c.files {
		if !own[name] && !strings.HasPrefix(name, "templates/") {
			result[name] = content
		}
	}
	return result
}

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) files {
	result := files{}
	for name, content := range f {
		if matched, err := path.Match(pattern, name); err == nil && matched {
			result[name] = content
		}
	}
	return result
}
