//! The AWS configuration: checked before the SDK sees it, because it panics on some mistakes and
//! prints whole requests on others.

mod endpoint;

use crate::args::Global;
use crate::error::Failure;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use ddbkit::export::{ExportReader, named_export};
use ddbkit::store::{Location, Store};
use endpoint::Endpoint;
use std::path::PathBuf;

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
    s3_endpoint: Option<Endpoint>,
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
        endpoint::check_config(&config, global)?;
        if config.region().is_none() {
            return Err(Failure::environment("no region is set")
                .with_hint("set --region, AWS_REGION, or a region in the profile"));
        }
        let config = patient(config);
        let s3_endpoint = endpoint::S3.endpoint(&config)?;
        Ok(Self { config, endpoint_url: global.endpoint_url.clone(), s3_endpoint })
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

    /// A client of `DynamoDB` Streams. Servers of the user's own have it where `DynamoDB` is, unless
    /// something says where it is.
    pub(crate) fn streams(&self) -> Result<aws_sdk_dynamodbstreams::Client, Failure> {
        let mut config = aws_sdk_dynamodbstreams::config::Builder::from(&self.config);
        if let Some(url) = &self.endpoint_url {
            config = config.endpoint_url(url);
        } else if endpoint::STREAMS.endpoint(&self.config)?.is_none()
            && let Some(own) = endpoint::DYNAMODB.endpoint(&self.config)?.filter(Endpoint::is_own)
        {
            config = config.endpoint_url(own.url);
        }
        Ok(aws_sdk_dynamodbstreams::Client::from_conf(config.build()))
    }

    /// A client of Application Auto Scaling. None where `DynamoDB` is a server of the user's own and
    /// nothing says that this one is too: the real service knows nothing of its tables.
    pub(crate) fn auto_scaling(
        &self,
    ) -> Result<Option<aws_sdk_applicationautoscaling::Client>, Failure> {
        let is_own =
            self.endpoint_url.is_some() || endpoint::DYNAMODB.endpoint(&self.config)?.is_some();
        if is_own && endpoint::AUTO_SCALING.endpoint(&self.config)?.is_none() {
            return Ok(None);
        }
        // It is not worth the patience that the data is.
        let config = aws_sdk_applicationautoscaling::config::Builder::from(&self.config)
            .retry_config(RetryConfig::standard());
        Ok(Some(aws_sdk_applicationautoscaling::Client::from_conf(config.build())))
    }

    /// A client of DynamoDB, once it is known that somebody listens there: for commands that a person
    /// waits for. The others give up their first request soon.
    pub(crate) async fn dynamodb_that_answers(&self) -> Result<aws_sdk_dynamodb::Client, Failure> {
        let flag = self.endpoint_url.clone();
        let flag = flag.map(|url| Endpoint { url, said_by: "--endpoint-url" });
        if let Some(endpoint) =
            flag.map_or_else(|| endpoint::DYNAMODB.endpoint(&self.config), |flag| Ok(Some(flag)))?
        {
            answers(&endpoint).await?;
        }
        Ok(self.dynamodb())
    }

    /// A client of S3, once it is known that somebody listens there.
    pub(crate) async fn s3_that_answers(&self) -> Result<aws_sdk_s3::Client, Failure> {
        if let Some(endpoint) = &self.s3_endpoint {
            answers(endpoint).await?;
        }
        Ok(self.s3())
    }

    /// A client of S3.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        // Servers other than AWS have no name for each bucket.
        let config = config.force_path_style(self.s3_endpoint.is_some());
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

/// Whether somebody listens at an endpoint. The SDK would try for many seconds, because a
/// server may come back; one that is not there at the start is a wrong address.
async fn answers(endpoint: &Endpoint) -> Result<(), Failure> {
    if PROXIES.iter().any(|name| std::env::var_os(name).is_some()) {
        return Ok(());
    }
    match tokio::net::TcpStream::connect(endpoint.address()).await {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            let Endpoint { url, said_by } = endpoint;
            let message = format!("nobody answers at {url} ({said_by}): connection refused");
            Err(Failure::environment(message).with_hint("check the address and the server"))
        }
        // Everything else the SDK finds out, and tells.
        _ => Ok(()),
    }
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
    endpoint::check_environment(global)?;
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
}
