//! The lanes, and what each needs.

use super::s3;
use crate::run::is_there;
use std::str::FromStr;

/// A set of servers to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Embedded,
    Ddl,
    Ddl3,
    S3,
    Moto,
    Docker,
    Endpoint,
}

impl Lane {
    const ALL: [Self; 7] =
        [Self::Embedded, Self::Ddl, Self::Ddl3, Self::S3, Self::Moto, Self::Docker, Self::Endpoint];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Ddl => "ddl",
            Self::Ddl3 => "ddl3",
            Self::S3 => "s3",
            Self::Moto => "moto",
            Self::Docker => "docker",
            Self::Endpoint => "endpoint",
        }
    }

    /// What has to be installed; `None` when nothing is missing.
    pub(super) fn missing(self) -> Option<&'static str> {
        let (is_there, needs) = match self {
            Self::Embedded => return None,
            Self::Ddl | Self::Ddl3 => (
                is_there("java", &["-version"]) && is_there("mvn", &["--version"]),
                "Java 17 and Maven",
            ),
            Self::S3 => (s3::is_built() || is_there("go", &["version"]), "Go"),
            Self::Moto => (is_there("python3", &["-m", "venv", "--help"]), "Python 3 with venv"),
            Self::Docker => (is_there("docker", &["info"]), "a Docker engine that is running"),
            Self::Endpoint => (
                std::env::var_os("AWS_ENDPOINT_URL_DYNAMODB").is_some(),
                "nothing, but set AWS_ENDPOINT_URL_DYNAMODB",
            ),
        };
        (!is_there).then_some(needs)
    }
}

impl FromStr for Lane {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let lane = Self::ALL.into_iter().find(|lane| lane.name() == name);
        lane.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no lane {name:?}; there are auto, {names}")
        })
    }
}
