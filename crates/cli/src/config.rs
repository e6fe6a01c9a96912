//! The AWS configuration: checked before the SDK sees it, because it panics on some mistakes and
//! prints whole requests on others.

use crate::args::Global;
use crate::error::Failure;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use ddbkit::export::{ExportReader, named_export};
use ddbkit::store::{Location, Store};
use std::path::PathBuf;

const ENDPOINT: &str = "AWS_ENDPOINT_URL";
const ENDPOINT_DYNAMODB: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const ENDPOINT_S3: &str = "AWS_ENDPOINT_URL_S3";
const ENDPOINT_AUTO_SCALING: &str = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING";
const MAX_ATTEMPTS: &str = "AWS_MAX_ATTEMPTS";
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const PROFILE: &str = "AWS_PROFILE";
const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const RETRY_MODE: &str = "AWS_RETRY_MODE";

/// How often the SDK tries a request, unless the environment or the profile says otherwise.
const ATTEMPTS: u32 = 10;

/// The clients of a run, made when they are needed.
pub(crate) struct Aws {
    config: SdkConfig,
    endpoint_url: Option<String>,
    has_s3_endpoint: bool,
}

impl Aws {
    /// Loads the configuration.
    pub(crate) async fn load(global: &Global) -> Result<Self, Failure> {
        check_environment(global)?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &global.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &global.profile {
            loader = loader.profile_name(profile);
        }
        if variable("AWS_SDK_UA_APP_ID")?.is_none()
            && let Ok(name) = AppName::new("ddbkit")
        {
            loader = loader.app_name(name);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(Failure::environment("no region is set")
                .with_hint("set --region, AWS_REGION, or a region in the profile"));
        }
        let config = patient(config);
        Ok(Self {
            config,
            endpoint_url: global.endpoint_url.clone(),
            has_s3_endpoint: variable(ENDPOINT_S3)?.or(variable(ENDPOINT)?).is_some(),
        })
    }

    /// A client of DynamoDB.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config);
        // The flag comes before the variables.
        if let Some(url) = &self.endpoint_url {
            config = config.endpoint_url(url);
        }
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// A client of `DynamoDB` Streams, which servers of the user's own have where `DynamoDB` is.
    pub(crate) fn streams(&self) -> aws_sdk_dynamodbstreams::Client {
        let mut config = aws_sdk_dynamodbstreams::config::Builder::from(&self.config);
        if let Some(url) = &self.endpoint_url {
            config = config.endpoint_url(url);
        }
        aws_sdk_dynamodbstreams::Client::from_conf(config.build())
    }

    /// A client of Application Auto Scaling. None where `DynamoDB` is a server of the user's own and
    /// nothing says that this one is too: the real service knows nothing of its tables.
    pub(crate) fn auto_scaling(
        &self,
    ) -> Result<Option<aws_sdk_applicationautoscaling::Client>, Failure> {
        let is_own = self.endpoint_url.is_some() || variable(ENDPOINT_DYNAMODB)?.is_some();
        if is_own && variable(ENDPOINT_AUTO_SCALING)?.is_none() {
            return Ok(None);
        }
        // It is not worth the patience that the data is.
        let config = aws_sdk_applicationautoscaling::config::Builder::from(&self.config)
            .retry_config(RetryConfig::standard());
        Ok(Some(aws_sdk_applicationautoscaling::Client::from_conf(config.build())))
    }

    /// A client of S3, once it is known that somebody listens there.
    pub(crate) async fn s3_that_answers(&self) -> Result<aws_sdk_s3::Client, Failure> {
        answers().await?;
        Ok(self.s3())
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        // Servers other than AWS have no name for each bucket.
        let config = config.force_path_style(self.has_s3_endpoint);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The region that requests go to.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or("", |region| region.as_ref())
    }
}

/// The store of a location. A directory needs no configuration, so none is loaded for one.
pub(crate) async fn store(location: &Location, global: &Global) -> Result<Store, Failure> {
    Ok(match location {
        Location::Directory(path) => Store::directory(path),
        Location::S3 { bucket, prefix } => {
            let aws = Aws::load(global).await?;
            Store::s3(aws.s3_that_answers().await?, bucket, prefix)
        }
    })
}

/// The region that is asked for, where one is; profiles are not looked into.
pub(crate) fn region(global: &Global) -> Result<Option<String>, Failure> {
    let [first, second] = REGIONS;
    Ok(global.region.clone().or(variable(first)?).or(variable(second)?))
}

/// The export at a location: the one below it, or the one whose folder it is.
pub(crate) async fn export(location: &Location, global: &Global) -> Result<ExportReader, Failure> {
    Ok(match named_export(location) {
        Some((above, id)) => ExportReader::open_id(store(&above, global).await?, &id).await?,
        None => ExportReader::open(store(location, global).await?).await?,
    })
}

/// Whether somebody listens where the environment says that S3 is. The SDK would try for many
/// seconds, because a server may come back; one that is not there at the start is a wrong address.
async fn answers() -> Result<(), Failure> {
    let name = if variable(ENDPOINT_S3)?.is_some() { ENDPOINT_S3 } else { ENDPOINT };
    let Some(url) = variable(name)? else { return Ok(()) };
    let is_proxied = PROXIES.iter().any(|name| std::env::var_os(name).is_some());
    let Some(address) = address(&url).filter(|_| !is_proxied) else { return Ok(()) };
    match tokio::net::TcpStream::connect(address).await {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            let message = format!("nobody answers at {url} ({name}): connection refused");
            Err(Failure::environment(message).with_hint("check the variable and the server"))
        }
        // Everything else the SDK finds out, and tells.
        _ => Ok(()),
    }
}

/// Host and port of a URL that was checked.
fn address(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    let port = if scheme == "https" { 443 } else { 80 };
    Some(if has_port { authority.to_owned() } else { format!("{authority}:{port}") })
}

/// More attempts than the SDK makes by default: a dump of hours meets every passing fault.
fn patient(config: SdkConfig) -> SdkConfig {
    let is_default = config.retry_config().is_none_or(|retry| *retry == RetryConfig::standard());
    if std::env::var_os(MAX_ATTEMPTS).is_some() || !is_default {
        return config;
    }
    let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    config.into_builder().retry_config(retry).build()
}

fn check_environment(global: &Global) -> Result<(), Failure> {
    if let Some(url) = &global.endpoint_url {
        check_url("--endpoint-url", url)?;
    }
    for name in [ENDPOINT, ENDPOINT_DYNAMODB, ENDPOINT_S3, ENDPOINT_AUTO_SCALING] {
        if let Some(url) = variable(name)? {
            check_url(name, &url)?;
        }
    }
    for name in REGIONS {
        if global.region.is_none() && variable(name)?.is_some_and(|region| region.is_empty()) {
            return Err(Failure::environment(format!("{name} is empty"))
                .with_hint("unset it, or name a region, like eu-west-1"));
        }
    }
    check_profile(global)?;
    if let Some(mode) = variable(RETRY_MODE)?
        && !["standard", "adaptive"].contains(&mode.to_ascii_lowercase().as_str())
    {
        let message = format!("{RETRY_MODE} is {mode:?}, but must be standard or adaptive");
        return Err(Failure::environment(message));
    }
    if let Some(attempts) = variable(MAX_ATTEMPTS)?
        && attempts.parse::<u32>().map_or(true, |attempts| attempts == 0)
    {
        let message = format!("{MAX_ATTEMPTS} is {attempts:?}, but must be 1 or more");
        return Err(Failure::environment(message));
    }
    Ok(())
}

/// A profile that is in no file, which the SDK would pass over in silence.
fn check_profile(global: &Global) -> Result<(), Failure> {
    let (name, profile) = match &global.profile {
        Some(profile) => ("--profile", profile.clone()),
        None => match variable(PROFILE)? {
            Some(profile) => (PROFILE, profile),
            None => return Ok(()),
        },
    };
    let home = std::env::home_dir().unwrap_or_default().join(".aws");
    let place = |name: &str, file: &str| {
        std::env::var_os(name).map_or_else(|| home.join(file), PathBuf::from)
    };
    let files =
        [place("AWS_CONFIG_FILE", "config"), place("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
    let is_known = files
        .iter()
        .any(|file| std::fs::read_to_string(file).is_ok_and(|text| has_profile(&text, &profile)));
    if is_known || profile == "default" {
        return Ok(());
    }
    let [config, credentials] = files.map(|file| file.display().to_string());
    let message =
        format!("the profile {profile:?} ({name}) is neither in {config} nor in {credentials}");
    Err(Failure::environment(message)
        .with_hint("`aws configure list-profiles` shows those there are"))
}

/// Whether a file has the section `[profile NAME]` or `[NAME]`.
fn has_profile(text: &str, profile: &str) -> bool {
    text.lines().any(|line| {
        let line = line.split(['#', ';']).next().unwrap_or_default().trim();
        let section = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        let section = section.map(str::trim).unwrap_or_default();
        let named =
            section.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace));
        named.unwrap_or(section).trim().trim_matches('"') == profile
    })
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::environment(format!("{name} is not Unicode")))
        }
    }
}

/// An endpoint is `http://` or `https://`, a host, and perhaps a port and a path.
fn check_url(name: &str, url: &str) -> Result<(), Failure> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    if is_authority(authority) && !url.contains(char::is_whitespace) {
        return Ok(());
    }
    let message = match url {
        "" => format!("{name} is empty"),
        url => format!("{name} is {url:?}, which is no URL of the form http://host:port"),
    };
    Err(Failure::environment(message).with_hint("unset it, or name the endpoint with its scheme"))
}

fn is_authority(authority: &str) -> bool {
    // The colons of an IPv6 address stand in brackets.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    !host.is_empty() && host.bytes().all(allowed) && is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_sections() {
        let text = "[default]\nregion=x\n[ profile  one ] # mine\n[two]\n[profile \"th ree\"]\n";
        for known in ["default", "one", "two", "th ree"] {
            assert!(has_profile(text, known), "{known}");
        }
        for unknown in ["on", "profile one", "region", "four"] {
            assert!(!has_profile(text, unknown), "{unknown}");
        }
    }

    #[test]
    fn urls_have_addresses() {
        for (url, expected) in [
            ("http://localhost:8000/x", "localhost:8000"),
            ("https://host", "host:443"),
            ("http://[::1]", "[::1]:80"),
            ("http://[::1]:9", "[::1]:9"),
        ] {
            assert_eq!(address(url).as_deref(), Some(expected));
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
            assert!(check_url("X", good).is_ok(), "{good}");
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
        ] {
            assert!(check_url("X", bad).is_err(), "{bad}");
        }
    }
}
