//! The list of all settings: each one's name, environment variable and help, written once.

use std::path::PathBuf;

/// A setting's name and its environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The name in the configuration file; the flag is the same with hyphens.
    pub name: &'static str,
    /// The environment variable.
    pub variable: &'static str,
}

macro_rules! settings {
    ($($name:ident $variable:literal $value:literal $help:literal [$($attribute:tt)*];)*) => {
        /// All settings.
        pub const SETTINGS: &[Setting] = &[$(Setting { name: stringify!($name), variable: $variable }),*];

        /// The flags of every subcommand. Flags override the environment, which overrides the file.
        #[derive(clap::Args, Clone, Debug, Default)]
        #[command(next_help_heading = "Settings (flags over environment over the file)")]
        pub struct ConfigArgs {
            /// The configuration file (TOML); its keys are the flags' names with underscores.
            #[arg(
                long,
                global = true,
                value_name = "FILE",
                help = "The configuration file (TOML); its keys are these flags with underscores [env: THINKFAMILY_CONFIG]"
            )]
            pub config: Option<PathBuf>,
            $(
                #[doc = concat!("The text of `", $variable, "`; its help says what it means.")]
                #[arg(
                    long,
                    global = true,
                    value_name = $value,
                    help = concat!($help, " [env: ", $variable, "]"),
                    $($attribute)*
                )]
                pub $name: Option<String>,
            )*
        }

        impl ConfigArgs {
            /// The flags that were given, by name.
            pub(super) fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [$((stringify!($name), self.$name.as_deref())),*]
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value?)))
            }
        }
    };
}

settings! {
    mode "THINKFAMILY_MODE" "MODE" "development or production [default: development]" [];
    listen "THINKFAMILY_LISTEN" "ADDRESS" "Address and port to listen on [default: 127.0.0.1:8080]" [];
    metrics_listen "THINKFAMILY_METRICS_LISTEN" "ADDRESS" "Address and port at which /metrics tells the counters, such as 127.0.0.1:9464 [default: off]" [];
    metrics_token_file "THINKFAMILY_METRICS_TOKEN_FILE" "FILE" "The token that whoever asks for the counters must show; needed beyond this machine [default: none]" [];
    public_url "THINKFAMILY_PUBLIC_URL" "URL" "Where clients find the server, as proofs of possession (DPoP) must name it [default: the address it listens on]" [];
    tls_certificate "THINKFAMILY_TLS_CERTIFICATE" "FILE" "Certificates (PEM), the server's own first; with it TLS is spoken, without it plain HTTP [default: none]" [];
    tls_key "THINKFAMILY_TLS_KEY" "FILE" "The certificate's private key (PEM) [default: none]" [];
    tls_client_ca "THINKFAMILY_TLS_CLIENT_CA" "FILE" "Who vouches for clients' certificates (PEM); clients may show one then [default: none]" [];
    trusted_proxies "THINKFAMILY_TRUSTED_PROXIES" "LIST" "Addresses and networks of proxies that may say which address a client has (X-Forwarded-For) and which certificate it showed [default: none]" [];
    client_certificate_header "THINKFAMILY_CLIENT_CERTIFICATE_HEADER" "NAME" "The header in which they say so, in the form of RFC 9440 [default: none]" [];
    cors_origins "THINKFAMILY_CORS_ORIGINS" "LIST" "Origins whose pages may ask from a browser [default: none]" [];
    data_dir "THINKFAMILY_DATA_DIR" "DIR" "Directory for the embedded database and keys [default: data]" [];
    database_url "THINKFAMILY_DATABASE_URL" "URL" "sqlite://FILE or postgres://… [default: sqlite://<data-dir>/thinkfamily.db] [env: DATABASE_URL]" [];
    trail_database_url "THINKFAMILY_TRAIL_DATABASE_URL" "URL" "Where the trail is kept [default: beside the database]" [];
    database_connections "THINKFAMILY_DATABASE_CONNECTIONS" "N" "Most connections to the database that read; on PostgreSQL half as many that write besides [default: 16]" [];
    database_queue "THINKFAMILY_DATABASE_QUEUE" "N" "Most requests that wait for a connection; more are answered 503 [default: 256]" [];
    database_wait_ms "THINKFAMILY_DATABASE_WAIT_MS" "MS" "Longest wait for a connection [default: 2000]" [];
    statement_timeout_ms "THINKFAMILY_STATEMENT_TIMEOUT_MS" "MS" "Longest time of one SQL statement [default: 5000]" [];
    family_cache_mb "THINKFAMILY_FAMILY_CACHE_MB" "N" "Memory for what was read of families, which is kept for as long as it is so, in MB, about; 0 keeps nothing [default: 128]" [];
    disk_reserve_mb "THINKFAMILY_DISK_RESERVE_MB" "N" "What stays free on the disk of an SQLite database, in MB: with less for the main database nothing is changed, for the trail nothing is disclosed or changed; 0 lets it fill [default: 64]" [];
    feed_poll_ms "THINKFAMILY_FEED_POLL_MS" "MS" "How often those who wait for changes look, even if nothing woke them [default: 5000]" [];
    request_timeout_ms "THINKFAMILY_REQUEST_TIMEOUT_MS" "MS" "Longest time of one request [default: 15000]" [];
    leave_ms "THINKFAMILY_LEAVE_MS" "MS" "How long it goes on serving, and says that it is not ready, after it was told to stop [default: 0 in development, 5000 in production]" [];
    audience "THINKFAMILY_AUDIENCE" "NAME" "The audience that tokens must name [default: https://thinkfamily.example/graphql]" [];
    dev_issuer "THINKFAMILY_DEV_ISSUER" "on|off" "The development token issuer [default: on in development]" [num_args = 0..=1, require_equals = true, default_missing_value = "on"];
    graphiql "THINKFAMILY_GRAPHIQL" "on|off" "GraphiQL in the browser [default: on in development]" [num_args = 0..=1, require_equals = true, default_missing_value = "on"];
    demo_data "THINKFAMILY_DEMO_DATA" "on|off" "Demonstration data at first start [default: on in development]" [num_args = 0..=1, require_equals = true, default_missing_value = "on"];
    migrate "THINKFAMILY_MIGRATE" "on|off" "Migrate the database at start [default: on]" [num_args = 0..=1, require_equals = true, default_missing_value = "on"];
    webhook_private_addresses "THINKFAMILY_WEBHOOK_PRIVATE_ADDRESSES" "on|off" "Webhooks may go to private addresses and by http [default: off]" [num_args = 0..=1, require_equals = true, default_missing_value = "on"];
    webhook_timeout_ms "THINKFAMILY_WEBHOOK_TIMEOUT_MS" "MS" "Longest time of one attempt to deliver a webhook [default: 20000]" [];
    witness_dir "THINKFAMILY_WITNESS_DIR" "DIR" "A folder of somebody else's that is told how the trail stands [default: none]" [];
    witness_url "THINKFAMILY_WITNESS_URL" "ADDRESS" "An https address of somebody else's that is told how the trail stands [default: none]" [];
    witness_interval_s "THINKFAMILY_WITNESS_INTERVAL_S" "S" "How often they are told, where anything was written, in seconds [default: 60]" [];
    timestamp_url "THINKFAMILY_TIMESTAMP_URL" "ADDRESS" "An https address of an authority of time stamps (RFC 3161) that stamps how the trail stands [default: none]" [];
    timestamp_dir "THINKFAMILY_TIMESTAMP_DIR" "DIR" "Where its stamps are kept [default: <data-dir>/stamps]" [];
    timestamp_interval_s "THINKFAMILY_TIMESTAMP_INTERVAL_S" "S" "How often a stamp is asked for, where anything was written, in seconds [default: 3600]" [];
    trail_tie_s "THINKFAMILY_TRAIL_TIE_S" "S" "How often the trail's chains name each other, where anything was written, in seconds [default: 60]" [];
    trail_check_s "THINKFAMILY_TRAIL_CHECK_S" "S" "How long the server takes to look through the whole trail, over and over, in seconds; 0 is never [default: 86400]" [];
    trail_former_keys "THINKFAMILY_TRAIL_FORMER_KEYS" "LIST" "Files of the public keys that signed the trail before the one of now [default: none]" [];
    webhook_proxy "THINKFAMILY_WEBHOOK_PROXY" "ADDRESS" "The proxy that webhooks go through, which then looks up names and keeps private addresses out [default: none]" [];
    log_format "THINKFAMILY_LOG_FORMAT" "FORMAT" "json or text [default: text in development, json in production]" [];
    log_level "THINKFAMILY_LOG_LEVEL" "LEVEL" "error, warn, info, debug or trace [default: info]" [];
    body_bytes "THINKFAMILY_BODY_BYTES" "N" "Largest request body [default: 1048576]" [];
    document_bytes "THINKFAMILY_DOCUMENT_BYTES" "N" "Largest GraphQL document [default: 32768]" [];
    document_tokens "THINKFAMILY_DOCUMENT_TOKENS" "N" "Most tokens in a document [default: 2000]" [];
    bracket_depth "THINKFAMILY_BRACKET_DEPTH" "N" "Deepest nesting of brackets in a document [default: 64]" [];
    operations "THINKFAMILY_OPERATIONS" "N" "Most operations in a document [default: 10]" [];
    fragments "THINKFAMILY_FRAGMENTS" "N" "Most fragments in a document [default: 50]" [];
    variables "THINKFAMILY_VARIABLES" "N" "Most variables of an operation [default: 50]" [];
    aliases "THINKFAMILY_ALIASES" "N" "Most aliases in a document [default: 100]" [];
    directives "THINKFAMILY_DIRECTIVES" "N" "Most directives in a document [default: 20]" [];
    repeats "THINKFAMILY_REPEATS" "N" "Most repeats of one response key [default: 10]" [];
    root_fields "THINKFAMILY_ROOT_FIELDS" "N" "Most fields at the root of an operation [default: 20]" [];
    expanded_selections "THINKFAMILY_EXPANDED_SELECTIONS" "N" "Most selections once fragments are spread [default: 5000]" [];
    depth "THINKFAMILY_DEPTH" "N" "Deepest nesting of fields [default: 20]" [];
    lookup_budget "THINKFAMILY_LOOKUP_BUDGET" "N" "Most people whom a client may ask about in any period, whatever for [default: 5000]" [];
    lookup_agency_budget "THINKFAMILY_LOOKUP_AGENCY_BUDGET" "N" "Most people whom an agency may ask about in any period with all its clients [default: 10000]" [];
    lookup_tries "THINKFAMILY_LOOKUP_TRIES" "N" "How many different values an agency may try at least beside one name, place or number; 0 stops nobody who tries values [default: 4]" [];
    lookup_tries_days "THINKFAMILY_LOOKUP_TRIES_DAYS" "DAYS" "For how many days values that were tried count [default: 28]" [];
    lookup_period_s "THINKFAMILY_LOOKUP_PERIOD_S" "S" "How long such a period is, in seconds [default: 86400]" [];
    lookup_repeats "THINKFAMILY_LOOKUP_REPEATS" "N" "How often the same may be asked again in a period before it counts like another question [default: 20]" [];
    lookup_pace_ms "THINKFAMILY_LOOKUP_PACE_MS" "MS" "Answers to look-ups leave at multiples of this and a part of it by chance; 0 is at once [default: 5]" [];
    write_period_s "THINKFAMILY_WRITE_PERIOD_S" "S" "How long the period is in which changes are counted, in seconds [default: 3600]" [];
    writes_per_client "THINKFAMILY_WRITES_PER_CLIENT" "N" "Most changes of one client of an agency in any such period [default: 5000]" [];
    writes_per_family "THINKFAMILY_WRITES_PER_FAMILY" "N" "Most changes of one family by all clients of an agency [default: 300]" [];
    writes_per_family_and_kind "THINKFAMILY_WRITES_PER_FAMILY_AND_KIND" "N" "Most changes of one kind of one family by one client [default: 60]" [];
    connections "THINKFAMILY_CONNECTIONS" "N" "Most connections open at once on which somebody has signed in [default: 2048]" [];
    strangers "THINKFAMILY_STRANGERS" "N" "Most connections open at once on which nobody has, WebSockets before connection_init among them [default: 1024]" [];
    strangers_per_address "THINKFAMILY_STRANGERS_PER_ADDRESS" "N" "Of these, the most of one address (of version 6, of one /64) [default: 256]" [];
    stranger_timeout_ms "THINKFAMILY_STRANGER_TIMEOUT_MS" "MS" "Longest time until a new connection's first headers have arrived [default: 5000]" [];
    token_bytes "THINKFAMILY_TOKEN_BYTES" "N" "Largest token [default: 16384, or header_bytes if that is less]" [];
    header_bytes "THINKFAMILY_HEADER_BYTES" "N" "Largest request line with all headers [default: 32768]" [];
    headers "THINKFAMILY_HEADERS" "N" "Most headers of a request [default: 64]" [];
    header_timeout_ms "THINKFAMILY_HEADER_TIMEOUT_MS" "MS" "Longest time that the headers of a request, or a handshake of TLS, may take to arrive [default: 15000]" [];
    body_timeout_ms "THINKFAMILY_BODY_TIMEOUT_MS" "MS" "Longest time that the body of a request may take to arrive [default: 15000]" [];
    sockets "THINKFAMILY_SOCKETS" "N" "Most WebSockets and event streams open at once [default: 1024]" [];
    sockets_per_client "THINKFAMILY_SOCKETS_PER_CLIENT" "N" "Of these, the most of one client of an agency [default: 128]" [];
    socket_operations "THINKFAMILY_SOCKET_OPERATIONS" "N" "Most operations under way on one WebSocket [default: 50]" [];
    socket_message_bytes "THINKFAMILY_SOCKET_MESSAGE_BYTES" "N" "Largest message of a WebSocket client [default: 262144]" [];
    socket_init_ms "THINKFAMILY_SOCKET_INIT_MS" "MS" "Longest wait for a WebSocket's connection_init [default: 3000]" [];
    keep_alive_ms "THINKFAMILY_KEEP_ALIVE_MS" "MS" "Silence after which a WebSocket's peer is asked whether it is there, and an event stream says that it is [default: 15000]" [];
    write_timeout_ms "THINKFAMILY_WRITE_TIMEOUT_MS" "MS" "Longest time that a client may leave what it is sent unread [default: 30000]" [];
    cost "THINKFAMILY_COST" "N" "Greatest cost of an operation [default: 20000]" [];
    cost_per_minute "THINKFAMILY_COST_PER_MINUTE" "N" "Greatest cost of all operations of one client of an agency in any minute, in each process [default: 60000000]" [];
    requests_per_client "THINKFAMILY_REQUESTS_PER_CLIENT" "N" "Most operations of one client of an agency that run and wait at once, in each process [default: 200]" [];
    matching_model "THINKFAMILY_MATCHING_MODEL" "FILE" "How descriptions of one person differ, as matching train writes it [default: built in]" [];
    match_upper "THINKFAMILY_MATCH_UPPER" "BITS" "From this weight on somebody is found [default: 4]" [allow_hyphen_values = true];
    match_lower "THINKFAMILY_MATCH_LOWER" "BITS" "Below this weight somebody counts for nothing [default: 0]" [allow_hyphen_values = true];
    match_clear "THINKFAMILY_MATCH_CLEAR" "BITS" "How far whoever is found must stand above the next [default: 4]" [allow_hyphen_values = true];
}
