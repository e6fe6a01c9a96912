//! Where services are when they are not at AWS: said by a flag, a variable or the profile, and proven
//! before a client is built.

use super::variable;
use crate::args::Global;
use crate::error::Failure;
use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use std::net::IpAddr;

const OF_ALL: &str = "AWS_ENDPOINT_URL";
const DOMAINS_OF_AWS: [&str; 4] =
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"];

/// A service that the program talks to.
#[derive(Clone, Copy)]
pub(super) struct Service {
    /// The name by which the configuration knows it.
    id: &'static str,
    /// The variable that says where it is.
    variable: &'static str,
}

pub(super) const DYNAMODB: Service =
    Service { id: "DynamoDB", variable: "AWS_ENDPOINT_URL_DYNAMODB" };
pub(super) const STREAMS: Service =
    Service { id: "DynamoDB Streams", variable: "AWS_ENDPOINT_URL_DYNAMODB_STREAMS" };
pub(super) const S3: Service = Service { id: "S3", variable: "AWS_ENDPOINT_URL_S3" };
pub(super) const AUTO_SCALING: Service = Service {
    id: "Application Auto Scaling",
    variable: "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING",
};

/// All of them, with those that the SDK gets credentials from.
const SERVICES: [Service; 7] = [
    DYNAMODB,
    STREAMS,
    S3,
    AUTO_SCALING,
    Service { id: "STS", variable: "AWS_ENDPOINT_URL_STS" },
    Service { id: "SSO", variable: "AWS_ENDPOINT_URL_SSO" },
    Service { id: "SSO OIDC", variable: "AWS_ENDPOINT_URL_SSO_OIDC" },
];

/// The URL of a service, and who says so.
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) said_by: &'static str,
}

impl Service {
    /// Where the configuration says that this service is: as the SDK finds it.
    pub(super) fn endpoint(self, config: &SdkConfig) -> Result<Option<Endpoint>, Failure> {
        let key = ServiceConfigKey::builder()
            .service_id(self.id)
            .env(OF_ALL)
            .profile("endpoint_url")
            .build()
            .map_err(|error| Failure::other(error.to_string()))?;
        let Some(url) = config.service_config().and_then(|found| found.load_config(key)) else {
            return Ok(None);
        };
        for said_by in [self.variable, OF_ALL] {
            if variable(said_by)?.is_some() {
                return Ok(Some(Endpoint { url, said_by }));
            }
        }
        Ok(Some(Endpoint { url, said_by: "endpoint_url of the profile" }))
    }
}

impl Endpoint {
    /// Whether this is a server of the user's own, which has several services at one place. At AWS
    /// each has a host of its own, behind VPC endpoints too.
    pub(super) fn is_own(&self) -> bool {
        let host = host_and_port(authority(&self.url).unwrap_or_default()).0;
        !DOMAINS_OF_AWS.iter().any(|domain| host.ends_with(domain))
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        let (host, port) = host_and_port(authority(&self.url).unwrap_or_default());
        let default = if self.url.starts_with("https://") { "443" } else { "80" };
        format!("{host}:{}", port.unwrap_or(default))
    }
}

/// Checks what the flag and the variables say. An empty variable makes the SDK panic, and an address
/// without a scheme makes it print whole requests, so this comes before it.
pub(super) fn check_environment(global: &Global) -> Result<(), Failure> {
    if let Some(url) = &global.endpoint_url {
        check("--endpoint-url", url, global.allow_http)?;
    }
    let variables = SERVICES.map(|service| service.variable);
    for name in [OF_ALL].into_iter().chain(variables) {
        if let Some(url) = variable(name)? {
            check(name, &url, global.allow_http)?;
        }
    }
    Ok(())
}

/// Checks what is left when the profile has been read as well.
pub(super) fn check_config(config: &SdkConfig, global: &Global) -> Result<(), Failure> {
    for service in SERVICES {
        if let Some(Endpoint { url, said_by }) = service.endpoint(config)? {
            check(said_by, &url, global.allow_http)?;
        }
    }
    Ok(())
}

/// An endpoint is `http://` or `https://`, a host, and perhaps a port and a path. Items and signed
/// requests go in the clear only within this machine, or where that is allowed.
fn check(name: &str, url: &str, allow_http: bool) -> Result<(), Failure> {
    let authority = authority(url).filter(|authority| is_authority(authority));
    let Some(authority) = authority.filter(|_| !url.contains(char::is_whitespace)) else {
        let message = match url {
            "" => format!("{name} is empty"),
            url => format!("{name} is {url:?}, which is no URL of the form http://host:port"),
        };
        return Err(Failure::environment(message)
            .with_hint("unset it, or name the endpoint with its scheme"));
    };
    if allow_http || url.starts_with("https://") || is_loopback(host_and_port(authority).0) {
        return Ok(());
    }
    let message = format!("{name} is {url}: http:// to another machine is not encrypted");
    Err(Failure::environment(message)
        .with_hint("name it with https://, or say --allow-http where the network is trusted"))
}

/// What stands between the scheme and the path.
fn authority(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    rest.split(['/', '?', '#']).next()
}

/// Tells host and port apart. The colons of an IPv6 address stand in brackets.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = host_and_port(authority);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    !host.is_empty() && host.bytes().all(allowed) && is_port
}

/// Whether a host is this machine by its name alone: what else resolves to it is not known for sure.
fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_addresses() {
        for (url, expected) in [
            ("http://localhost:8000/x", "localhost:8000"),
            ("https://host", "host:443"),
            ("http://[::1]", "[::1]:80"),
            ("http://[::1]:9", "[::1]:9"),
        ] {
            assert_eq!(Endpoint { url: url.to_owned(), said_by: "X" }.address(), expected);
        }
    }

    #[test]
    fn servers_of_ones_own_are_told_from_aws() {
        for (url, expected) in [
            ("http://localhost:8000", true),
            ("https://dynamodb.example.com/amazonaws.com", true),
            ("https://dynamodb.eu-west-1.amazonaws.com", false),
            ("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com:443/", false),
            ("https://dynamodb.cn-north-1.amazonaws.com.cn", false),
            ("https://dynamodb.eu-west-1.api.aws", false),
        ] {
            assert_eq!(Endpoint { url: url.to_owned(), said_by: "X" }.is_own(), expected, "{url}");
        }
    }

    #[test]
    fn endpoints_have_a_scheme_and_a_host() {
        for good in [
            "http://localhost:8000",
            "https://dynamodb.eu-west-1.amazonaws.com/",
            "http://[::1]:8000",
            "http://127.0.0.1",
            "http://host/path",
        ] {
            assert!(check("X", good, true).is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost:8000",
            "not-a-url",
            "ftp://host",
            "http://",
            "http://:8000",
            "http://host:port",
            "http://host:99999",
            "http://a b",
            "http://localhost:80@host",
        ] {
            assert!(check("X", bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_encrypted_stays_on_this_machine() {
        for good in [
            "http://LocalHost:8000",
            "http://127.8.9.1/",
            "http://[::1]:8000",
            "http://[::ffff:127.0.0.1]",
            "https://host",
        ] {
            assert!(check("X", good, false).is_ok(), "{good}");
        }
        for bad in [
            "http://host",
            "http://10.0.0.1:8000",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com:80",
            "http://0.0.0.0:8000",
            "http://host/localhost",
        ] {
            let failure = check("X", bad, false).unwrap_err();
            assert!(failure.to_string().starts_with(&format!("X is {bad}: ")), "{failure}");
        }
    }
}
