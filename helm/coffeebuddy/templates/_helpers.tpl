{{/* The prefix of all names. Short, because Kubernetes adds up to 17 characters to the name of a pod. */}}
{{- define "coffeebuddy.name" -}}
{{- $name := ternary .Release.Name (printf "%s-coffeebuddy" .Release.Name) (contains "coffeebuddy" .Release.Name) -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "coffeebuddy.selector" -}}
app.kubernetes.io/name: coffeebuddy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Arguments: root, component. */}}
{{- define "coffeebuddy.labels" -}}
{{ include "coffeebuddy.selector" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "coffeebuddy.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/*
Seconds that a worker takes to drain at most: functionTimeout of host.json (60 s) and the 10 s that the functions host
adds to it (FunctionsHostStartup). A test compares this with both.
*/}}
{{- define "coffeebuddy.drainSeconds" -}}70{{- end }}

{{/*
Seconds between the removal of a pod from its Service and SIGTERM, so that nobody connects to a worker that no longer
accepts connections. 0 before Kubernetes 1.30, which cannot wait without a shell in the image.
*/}}
{{- define "coffeebuddy.preStopSeconds" -}}
{{- ternary 5 0 (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- end }}

{{- define "coffeebuddy.usesSasl" -}}
{{- if hasPrefix "Sasl" .Values.kafka.securityProtocol }}true{{ end -}}
{{- end }}

{{- define "coffeebuddy.usesTls" -}}
{{- if hasSuffix "Ssl" .Values.kafka.securityProtocol }}true{{ end -}}
{{- end }}

{{/* What the workers serve the functions by, separated by a space: http at port 8080, https at 8443. */}}
{{- define "coffeebuddy.schemes" -}}
{{- if not .Values.tls.enabled -}}http{{- else if .Values.tls.transition -}}http https{{- else -}}https{{- end -}}
{{- end }}

{{/* Of these the one that Kong and the test use. */}}
{{- define "coffeebuddy.scheme" -}}
{{- ternary "https" "http" (and .Values.tls.enabled (ne .Values.tls.transition "http")) -}}
{{- end }}

{{/*
Name of the Service for a prefix. Those of http and of https are different Services, because Kong reads a Service and its
endpoints at different times: if one changed from http to https, it would speak TLS to the old port. Arguments: root,
scheme, part (slack or api).
*/}}
{{- define "coffeebuddy.service" -}}
{{- $suffix := dict "http slack" "http" "http api" "api" "https slack" "https" "https api" "https-api" -}}
{{- include "coffeebuddy.name" .root }}-{{ get $suffix (printf "%s %s" .scheme .part) -}}
{{- end }}

{{/* Whether pods connect to Vault themselves: the worker, or its agent. */}}
{{- define "coffeebuddy.callsVault" -}}
{{- if has .Values.secrets.source (list "vault" "vaultAgent") }}true{{ end -}}
{{- end }}

{{- define "coffeebuddy.hasBackup" -}}
{{- if or .Values.backup.volume.claim .Values.backup.volume.nfs.server }}true{{ end -}}
{{- end }}

{{/* The secret settings of a worker, a line each. */}}
{{- define "coffeebuddy.secretKeys" -}}
ConnectionStrings__CoffeeBuddy
{{ ternary "Slack__AppToken" "Slack__SigningSecret" .Values.slack.socketMode }}
Slack__BotToken
Kafka__RecordKey
{{- if include "coffeebuddy.usesSasl" . }}
Kafka__Password
{{- end }}
{{- range .Values.secrets.additional }}
{{ . }}
{{- end }}
{{- end }}

{{/* Secret settings that are there during a rotation only: their keys may be missing, and come and go while pods run. */}}
{{- define "coffeebuddy.optionalSecretKeys" -}}
Kafka__AcceptedRecordKey
{{- if not .Values.slack.socketMode }}
Slack__PreviousSigningSecret
{{- end }}
{{- end }}

{{- define "coffeebuddy.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The user is the one of Microsoft's images. Vault Agent runs as the user named here. */}}
{{- define "coffeebuddy.containerSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
{{- end }}

{{/*
Annotations for the injector of Vault Agent: one file for each secret. Arguments: root, keys (a map of setting to key
in Vault), optional (a list of settings, which are empty while Vault does not have them), once (true: written before the pod
starts; false: an agent beside the worker writes changed ones again), role (empty: secrets.vault.role).
*/}}
{{- define "coffeebuddy.vaultAgent" -}}
{{- $vault := .root.Values.secrets.vault -}}
{{- $path := printf "%s/data/%s" $vault.mount $vault.path -}}
vault.hashicorp.com/agent-inject: "true"
vault.hashicorp.com/agent-pre-populate-only: {{ .once | quote }}
{{- if not .once }}
vault.hashicorp.com/template-static-secret-render-interval: {{ $vault.refreshAfter }}
{{- end }}
vault.hashicorp.com/agent-run-as-same-user: "true"
vault.hashicorp.com/agent-service-account-token-volume-name: vault-token
vault.hashicorp.com/auth-path: {{ printf "auth/%s" $vault.authMount | quote }}
vault.hashicorp.com/role: {{ .role | default $vault.role | quote }}
{{- range $setting, $key := .keys }}
vault.hashicorp.com/agent-inject-perms-{{ $setting }}: "0400"
vault.hashicorp.com/error-on-missing-key-{{ $setting }}: "true"
vault.hashicorp.com/agent-inject-secret-{{ $setting }}: {{ $path | quote }}
vault.hashicorp.com/agent-inject-template-{{ $setting }}: {{ printf "{{- with secret %q -}}{{ .Data.data.%s }}{{- end -}}" $path $key | quote }}
{{- end }}
{{- range .optional }}
vault.hashicorp.com/agent-inject-perms-{{ . }}: "0400"
vault.hashicorp.com/agent-inject-secret-{{ . }}: {{ $path | quote }}
vault.hashicorp.com/agent-inject-template-{{ . }}: {{ printf "{{- with secret %q -}}{{ with .Data.data.%s }}{{ . }}{{ end }}{{- end -}}" $path . | quote }}
{{- end }}
{{- end }}

{{/* The settings of a worker that are secret, as environment variables. Arguments: name of the Secret, keys. */}}
{{- define "coffeebuddy.secretEnvironment" -}}
{{- range $setting, $key := .keys }}
- name: {{ $setting }}
  valueFrom:
    secretKeyRef:
      name: {{ $.secret }}
      key: {{ $key }}
{{- end }}
{{- end }}

{{- define "coffeebuddy.vaultAgentEnvironment" -}}
- name: CoffeeBuddy__SecretsFolder
  value: /vault/secrets
{{- end }}

{{/* How a worker logs in to Vault itself. Arguments: root, path, role (empty: secrets.vault.role). */}}
{{- define "coffeebuddy.vaultEnvironment" -}}
{{- $vault := .root.Values.secrets.vault -}}
- name: Vault__Address
  value: {{ $vault.address | quote }}
{{- with $vault.namespace }}
- name: Vault__Namespace
  value: {{ . | quote }}
{{- end }}
- name: Vault__AuthMount
  value: {{ $vault.authMount | quote }}
- name: Vault__Role
  value: {{ .role | default $vault.role | quote }}
- name: Vault__TokenFile
  value: /var/run/secrets/vault/token
- name: Vault__KvMount
  value: {{ $vault.mount | quote }}
- name: Vault__KvPath
  value: {{ .path | quote }}
{{- end }}

{{/* A token for Vault alone, mounted only into the agent, or into the worker where that logs in itself. */}}
{{- define "coffeebuddy.vaultTokenVolume" -}}
- name: vault-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          audience: {{ .Values.secrets.vault.audience }}
          expirationSeconds: 600
{{- end }}

{{/*
How the Vault Secrets Operator logs in. Arguments: vault, account (the service account), role (empty: secrets.vault.role).
*/}}
{{- define "coffeebuddy.vaultAuth" -}}
method: kubernetes
mount: {{ .vault.authMount | quote }}
kubernetes:
  role: {{ .role | default .vault.role | quote }}
  serviceAccount: {{ .account }}
  audiences:
    - {{ .vault.audience | quote }}
{{- end }}

{{/*
Annotations of a Service. Arguments: root, scheme, timeout (the longest time between two reads or writes, in milliseconds).
*/}}
{{- define "coffeebuddy.kong" -}}
konghq.com/connect-timeout: "300"
konghq.com/read-timeout: {{ .timeout | quote }}
konghq.com/write-timeout: {{ .timeout | quote }}
konghq.com/retries: "0"
{{- if eq .scheme "https" }}
konghq.com/protocol: https
{{- with .root.Values.kong.upstream.caSecret }}
konghq.com/tls-verify: "true"
konghq.com/ca-certificates-secrets: {{ . }}
{{- end }}
{{- with .root.Values.kong.upstream.clientSecret }}
konghq.com/client-cert: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "coffeebuddy.caEnvironment" -}}
- name: SSL_CERT_FILE
  value: /etc/coffeebuddy/ca/{{ .Values.ca.key }}
- name: Kafka__SslCaLocation
  value: /etc/coffeebuddy/ca/{{ .Values.ca.key }}
{{- end }}

{{- define "coffeebuddy.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.ca.configMap }}
- name: ca
  mountPath: /etc/coffeebuddy/ca
  readOnly: true
{{- end }}
{{- if eq .Values.secrets.source "vault" }}
- name: vault-token
  mountPath: /var/run/secrets/vault
  readOnly: true
{{- end }}
{{- end }}

{{- define "coffeebuddy.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if .Values.ca.configMap }}
- name: ca
  configMap:
    name: {{ .Values.ca.configMap }}
{{- end }}
{{- if include "coffeebuddy.callsVault" . }}
{{ include "coffeebuddy.vaultTokenVolume" . }}
{{- end }}
{{- end }}

{{- define "coffeebuddy.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* One rule of a NetworkPolicy to the given peers. Argument: an object of networkPolicy.egress. */}}
{{- define "coffeebuddy.egressRule" -}}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- range .ports }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}

{{- define "coffeebuddy.dnsRule" -}}
- to:
    {{- toYaml .Values.networkPolicy.egress.dns.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.egress.dns.ports }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}

{{/* The most workers of a role that run at once, without those that a rollout adds. */}}
{{- define "coffeebuddy.maxReplicas" -}}
{{- $http := .Values.roles.http.autoscaling.enabled | ternary .Values.roles.http.autoscaling.maxReplicas .Values.roles.http.replicas -}}
{{- $kafka := .Values.keda.enabled | ternary .Values.keda.maxReplicas .Values.roles.kafka.replicas -}}
{{- add $http $kafka .Values.roles.timer.replicas -}}
{{- end }}

{{- define "coffeebuddy.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
