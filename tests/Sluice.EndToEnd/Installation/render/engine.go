package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// As in helm: endless recursion of includes is an error and not the end of the process.
const maxDepth = 1000

type engine struct {
	root    *template.Template
	objects map[string]interface{}
	depth   int
}

func newEngine(c *chart, objects map[string]interface{}) (*engine, error) {
	e := &engine{objects: objects}
	// helm renders what is missing as its zero value, and takes Go's "<no value>" for nothing.
	e.root = template.New("chart").Option("missingkey=zero").Funcs(sprig.TxtFuncMap()).Funcs(e.functions())
	for file, content := range c.files {
		if !strings.HasPrefix(file, "templates/") {
			continue
		}
		if _, err := e.root.New(c.name + "/" + file).Parse(string(content)); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *engine) execute(name string) (string, error) {
	objects := map[string]interface{}{"Template": map[string]interface{}{"Name": name, "BasePath": path.Dir(name)}}
	for key, value := range e.objects {
		objects[key] = value
	}
	return e.run(e.root, name, objects)
}

func (e *engine) run(t *template.Template, name string, data interface{}) (string, error) {
	if e.depth++; e.depth > maxDepth {
		return "", fmt.Errorf("%s: templates include each other without end", name)
	}
	defer func() { e.depth-- }()
	var text strings.Builder
	if err := t.ExecuteTemplate(&text, name, data); err != nil {
		return "", err
	}
	return strings.ReplaceAll(text.String(), "<no value>", ""), nil
}

func (e *engine) functions() template.FuncMap {
	forbidden := func(string) (string, error) { return "", errors.New("helm does not have this function") }
	return template.FuncMap{
		"env":       forbidden,
		"expandenv": forbidden,
		"include":   func(name string, data interface{}) (string, error) { return e.run(e.root, name, data) },
		"tpl":       e.tpl,
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return value, errors.New(message)
			}
			return value, nil
		},
		"fail": func(message string) (string, error) { return "", errors.New(message) },
		"lookup": func(string, string, string, string) (map[string]interface{}, error) {
			return map[string]interface{}{}, nil
		},
		"toYaml":        toYaml,
		"fromYaml":      func(text string) map[string]interface{} { return decoded(yaml.Unmarshal, text) },
		"fromJson":      func(text string) map[string]interface{} { return decoded(unmarshalJSON, text) },
		"fromYamlArray": fromYamlArray,
	}
}

func (e *engine) tpl(text string, data interface{}) (string, error) {
	clone, err := e.root.Clone()
	if err != nil {
		return "", err
	}
	if _, err := clone.New("tpl").Parse(text); err != nil {
		return "", err
	}
	return e.run(clone, "tpl", data)
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func unmarshalJSON(text []byte, into interface{}, _ ...yaml.JSONOpt) error {
	return json.Unmarshal(text, into)
}

// helm has no other way to say what went wrong than within the result.
func decoded(decode func([]byte, interface{}, ...yaml.JSONOpt) error, text string) map[string]interface{} {
	result := map[string]interface{}{}
	if err := decode([]byte(text), &result); err != nil {
		result["Error"] = err.Error()
	}
	return result
}

func fromYamlArray(text string) []interface{} {
	result := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &result); err != nil {
		return []interface{}{err.Error()}
	}
	return result
}
