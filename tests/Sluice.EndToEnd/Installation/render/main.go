// Renders a Helm chart for tests, where helm itself is not to be had: text/template, sprig, the YAML and the JSON schema libraries that helm is made of,
// and helm's own functions and objects as its documentation describes them. Not here: dependencies, library charts, hooks, lookups in a cluster.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	var values list
	chart := flag.String("chart", "", "folder of the chart")
	release := flag.String("release", "sluice", "name of the release")
	namespace := flag.String("namespace", "sluice-system", "namespace of the release")
	kubeVersion := flag.String("kube-version", "v1.30.0", "version of the cluster")
	flag.Var(&values, "values", "file of values; may be repeated, the last one wins")
	flag.Parse()
	if err := render(*chart, *release, *namespace, *kubeVersion, values); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder, release, namespace, kubeVersion string, overrides []string) error {
	chart, err := readChart(folder)
	if err != nil {
		return err
	}
	values, err := coalesced(chart, overrides)
	if err != nil {
		return err
	}
	if err := validate(chart.files["values.schema.json"], values); err != nil {
		return err
	}
	objects := map[string]interface{}{
		"Values": values,
		"Chart":  chart.metadata,
		"Release": map[string]interface{}{
			"Name": release, "Namespace": namespace, "Service": "Helm", "Revision": 1, "IsInstall": true, "IsUpgrade": false,
		},
		"Capabilities": map[string]interface{}{"KubeVersion": newKubeVersion(kubeVersion), "APIVersions": apiVersions{"v1": true, "apps/v1": true}},
		"Files":        chart.readable(),
	}
	return write(chart, objects)
}

// write prints each template that says anything, as `helm template` does, and the notes last.
func write(chart *chart, objects map[string]interface{}) error {
	engine, err := newEngine(chart, objects)
	if err != nil {
		return err
	}
	for _, name := range chart.manifests() {
		text, err := engine.execute(name)
		if err != nil {
			return err
		}
		if strings.TrimSpace(text) != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, strings.Trim(text, "\n"))
		}
	}
	return nil
}

type chart struct {
	name     string
	metadata map[string]interface{}
	files    map[string][]byte
}

func readChart(folder string) (*chart, error) {
	c := &chart{files: map[string][]byte{}}
	err := filepath.Walk(folder, func(file string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		c.files[filepath.ToSlash(name)], err = os.ReadFile(file)
		return err
	})
	if err != nil {
		return nil, err
	}
	var metadata map[string]interface{}
	if err := yaml.UnmarshalStrict(c.files["Chart.yaml"], &metadata); err != nil {
		return nil, fmt.Errorf("Chart.yaml: %w", err)
	}
	// Templates see the fields of Chart.yaml under Go's names.
	c.metadata = map[string]interface{}{}
	for key, value := range metadata {
		c.metadata[strings.ToUpper(key[:1])+key[1:]] = value
	}
	c.metadata["IsRoot"] = true
	c.name, _ = metadata["name"].(string)
	return c, nil
}

// manifests are the templates that are sent to the cluster, and the notes.
func (c *chart) manifests() []string {
	var names []string
	for file := range c.files {
		base := path.Base(file)
		if strings.HasPrefix(file, "templates/") && !strings.HasPrefix(base, "_") {
			names = append(names, c.name+"/"+file)
		}
	}
	sort.Slice(names, func(i, j int) bool {
		left, right := strings.HasSuffix(names[i], "NOTES.txt"), strings.HasSuffix(names[j], "NOTES.txt")
		return left != right && right || left == right && names[i] < names[j]
	})
	return names
}

// coalesced lays the overrides over the chart's values: maps are merged, all else is replaced, null removes.
func coalesced(c *chart, overrides []string) (map[string]interface{}, error) {
	values := map[string]interface{}{}
	if err := yaml.UnmarshalStrict(c.files["values.yaml"], &values); err != nil {
		return nil, fmt.Errorf("values.yaml: %w", err)
	}
	for _, file := range overrides {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		over := map[string]interface{}{}
		if err := yaml.UnmarshalStrict(content, &over); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		overlay(values, over)
	}
	return values, nil
}

func overlay(under, over map[string]interface{}) {
	for key, value := range over {
		below, isMap := under[key].(map[string]interface{})
		above, goesOn := value.(map[string]interface{})
		switch {
		case value == nil:
			delete(under, key)
		case isMap && goesOn:
			overlay(below, above)
		default:
			under[key] = value
		}
	}
}

func validate(schema []byte, values map[string]interface{}) error {
	if schema == nil {
		return nil
	}
	document, err := json.Marshal(values)
	if err != nil {
		return err
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewBytesLoader(document))
	if err != nil {
		return fmt.Errorf("values.schema.json: %w", err)
	}
	if result.Valid() {
		return nil
	}
	var message bytes.Buffer
	message.WriteString("values don't meet the specifications of the schema:")
	for _, fault := range result.Errors() {
		fmt.Fprintf(&message, "\n- %s", fault)
	}
	return fmt.Errorf("%s", message.String())
}
