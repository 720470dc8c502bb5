namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>
/// The fields that Kong OSS 3.x accepts, as far as this repository can use them. Source: Kong/kong, kong/plugins/*/schema.lua,
/// kong/db/schema/entities/*.lua, kong/plugins/jwt/daos.lua, kong/db/declarative, kong.conf.default.
/// </summary>
internal static class KongSchema
{
    public static readonly string[] Root = ["_format_version", "_transform", "services", "consumers", "plugins"];

    public static readonly string[] Service =
    [
        "name",
        "retries",
        "protocol",
        "host",
        "port",
        "path",
        "connect_timeout",
        "write_timeout",
        "read_timeout",
        "tags",
        "client_certificate",
        "tls_verify",
        "tls_verify_depth",
        "ca_certificates",
        "url",
        "routes",
        "plugins",
    ];

    public static readonly string[] Route =
    [
        "name",
        "protocols",
        "methods",
        "hosts",
        "paths",
        "headers",
        "https_redirect_status_code",
        "regex_priority",
        "strip_path",
        "path_handling",
        "preserve_host",
        "request_buffering",
        "response_buffering",
        "snis",
        "sources",
        "destinations",
        "tags",
        "plugins",
    ];

    public static readonly string[] Plugin = ["name", "config", "protocols", "enabled", "tags"];

    public static readonly string[] Consumer = ["username", "custom_id", "jwt_secrets", "plugins"];

    public static readonly string[] JwtSecret = ["key", "secret", "rsa_public_key", "algorithm"];

    /// <summary>The fields of each plugin's config; all of these plugins are part of Kong OSS.</summary>
    public static readonly Dictionary<string, string[]> Config = new()
    {
        ["correlation-id"] = ["header_name", "generator", "echo_downstream"],
        ["jwt"] =
        [
            "uri_param_names",
            "cookie_names",
            "key_claim_name",
            "secret_is_base64",
            "claims_to_verify",
            "anonymous",
            "run_on_preflight",
            "maximum_expiration",
            "header_names",
            "realm",
        ],
        ["pre-function"] = ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"],
        ["prometheus"] =
        [
            "per_consumer",
            "status_code_metrics",
            "ai_metrics",
            "latency_metrics",
            "bandwidth_metrics",
            "upstream_health_metrics",
        ],
        ["rate-limiting"] =
        [
            "second",
            "minute",
            "hour",
            "day",
            "month",
            "year",
            "limit_by",
            "header_name",
            "path",
            "policy",
            "fault_tolerant",
            "redis",
            "hide_client_headers",
            "error_code",
        ],
        ["request-size-limiting"] = ["allowed_payload_size", "size_unit", "require_content_length"],
    };

    /// <summary>The values of fields that have only some, by plugin and field.</summary>
    public static readonly Dictionary<(string Plugin, string Field), string[]> Values = new()
    {
        [("correlation-id", "generator")] = ["uuid", "uuid#counter", "tracker"],
        [("jwt", "claims_to_verify")] = ["exp", "nbf"],
        [("rate-limiting", "limit_by")] = ["consumer", "credential", "ip", "service", "header", "path"],
        [("rate-limiting", "policy")] = ["local", "cluster", "redis"],
        [("request-size-limiting", "size_unit")] = ["megabytes", "kilobytes", "bytes"],
    };

    /// <summary>
    /// Settings of the node. Every nginx_http_… is passed on to nginx as a directive of its http block, every nginx_proxy_…
    /// as one of the server block of the proxy.
    /// </summary>
    public static readonly string[] Node =
    [
        "database",
        "declarative_config",
        "plugins",
        "proxy_listen",
        "status_listen",
        "admin_listen",
        "nginx_http_client_max_body_size",
        "nginx_http_client_body_buffer_size",
        "nginx_proxy_proxy_ssl_protocols",
        "nginx_proxy_proxy_ssl_trusted_certificate",
        "anonymous_reports",
    ];
}
