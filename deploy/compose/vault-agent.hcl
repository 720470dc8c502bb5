# Writes each secret into a file named like its setting, as the chart's vaultAgent does, and ends.
exit_after_auth = true

auto_auth {
  method {
    type = "token_file"
    config = {
      token_file_path = "/tmp/token"
    }
  }
}

template_config {
  exit_on_retry_failure = true
}

template {
  destination          = "/secrets/worker/ConnectionStrings__CoffeeBuddy"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.ConnectionStrings__CoffeeBuddy }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}

template {
  destination          = "/secrets/worker/Kafka__Password"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.Kafka__Password }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}

template {
  destination          = "/secrets/worker/Kafka__RecordKey"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.Kafka__RecordKey }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}

template {
  destination          = "/secrets/worker/Slack__SigningSecret"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.Slack__SigningSecret }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}

template {
  destination          = "/secrets/worker/Slack__BotToken"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.Slack__BotToken }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}

# The migration's login owns the schema; the workers' does not.
template {
  destination          = "/secrets/migration/ConnectionStrings__CoffeeBuddy"
  contents             = "{{ with secret \"secret/data/coffeebuddy\" }}{{ .Data.data.ConnectionStrings__Migration }}{{ end }}"
  error_on_missing_key = true
  perms                = "0444"
}
