{{- /* The operator's configuration file. */}}
{{- define "sluice.configuration" -}}
{{- $options := dict "leaderElect" .Values.leaderElection.enabled }}
{{- if .Values.leaderElection.enabled }}
{{- $_ := set $options "leaderElectionNamespace" .Release.Namespace }}
{{- range $option, $value := omit .Values.leaderElection "enabled" }}
{{- if $value }}
{{- $_ := set $options (printf "leaderElection%s" (title $option)) $value }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.watchNamespaces }}
{{- $_ := set $options "namespace" (join "," .) }}
{{- end }}
{{- range $option, $value := .Values.settings }}
{{- if $value }}
{{- $_ := set $options $option $value }}
{{- end }}
{{- end }}
{{- $sources := list }}
{{- $names := list }}
{{- range $index, $source := .Values.metricSources }}
{{- $name := .name | default "default" }}
{{- if has $name $names }}
{{- fail (printf "metricSources[%d].name: there is another source named %q" $index $name) }}
{{- end }}
{{- if and .bearerToken .basicAuth }}
{{- fail (printf "metricSources[%d] (%s): bearerToken and basicAuth exclude each other" $index $name) }}
{{- end }}
{{- $names = append $names $name }}
{{- $sources = append $sources (include "sluice.metricSource" . | fromYaml) }}
{{- end }}
{{- $_ := set $options "metricSources" $sources }}
{{- toYaml $options }}
{{- end }}

{{- /* A metric source as the operator reads it: references to Secrets have become the files that they are mounted as. */}}
{{- define "sluice.metricSource" -}}
{{- $name := .name | default "default" }}
{{- $folder := include "sluice.sourceFolder" $name }}
{{- $source := omit . "bearerToken" "basicAuth" "ca" }}
{{- $_ := set $source "name" $name }}
{{- if .bearerToken }}
{{- $_ := set $source "bearerTokenFile" (printf "%s/token" $folder) }}
{{- end }}
{{- with .basicAuth }}
{{- $_ := set $source "basicAuth" (dict "username" .username "passwordFile" (printf "%s/password" $folder)) }}
{{- end }}
{{- if .ca }}
{{- $_ := set $source "caFile" (printf "%s/ca.crt" $folder) }}
{{- end }}
{{- toYaml $source }}
{{- end }}

{{- /* The volume of a metric source's credentials; nothing where it has none. */}}
{{- define "sluice.sourceVolume" -}}
{{- if or .bearerToken .basicAuth .ca -}}
name: source-{{ .name | default "default" }}
projected:
  sources:
  {{- with .bearerToken }}
  - secret:
      name: {{ .secretName }}
      items:
      - key: {{ .key }}
        path: token
  {{- end }}
  {{- with .basicAuth }}
  - secret:
      name: {{ .password.secretName }}
      items:
      - key: {{ .password.key }}
        path: password
  {{- end }}
  {{- with .ca }}
  - {{ ternary "configMap" "secret" (hasKey . "configMapName") }}:
      name: {{ .configMapName | default .secretName }}
      items:
      - key: {{ .key }}
        path: ca.crt
  {{- end }}
{{- end }}
{{- end }}
