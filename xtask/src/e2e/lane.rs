//! The lanes, and what each needs.

use super::{ddl, moto, s3};
use crate::run::{find, is_there};
use std::str::FromStr;

/// A set of servers to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Embedded,
    Ddl,
    Ddl3,
    S3,
    Both,
    Moto,
    Docker,
    Endpoint,
}

impl Lane {
    const ALL: [Self; 8] = [
        Self::Embedded,
        Self::Ddl,
        Self::Ddl3,
        Self::S3,
        Self::Both,
        Self::Moto,
        Self::Docker,
        Self::Endpoint,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Ddl => "ddl",
            Self::Ddl3 => "ddl3",
            Self::S3 => "s3",
            Self::Both => "ddl+s3",
            Self::Moto => "moto",
            Self::Docker => "docker",
            Self::Endpoint => "endpoint",
        }
    }

    /// What has to be done before this lane can run; `None` when nothing is missing.
    pub(super) fn missing(self) -> Option<&'static str> {
        let (is_there, needs) = match self {
            Self::Embedded => return None,
            Self::Both => return Self::Ddl.missing().or_else(|| Self::S3.missing()),
            Self::Ddl | Self::Ddl3 => {
                (find("java").is_some() && find("mvn").is_some(), "install Java 17 and Maven")
            }
            Self::S3 => (s3::binary().is_some() || find("go").is_some(), "install Go or versitygw"),
            Self::Moto => {
                (is_there("python3", &["-m", "venv", "--help"]), "install Python 3 with venv")
            }
            Self::Docker => (is_there("docker", &["info"]), "install Docker and start its engine"),
            Self::Endpoint => (
                ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3"]
                    .into_iter()
                    .any(|name| std::env::var_os(name).is_some()),
                "set AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL_S3",
            ),
        };
        (!is_there).then_some(needs)
    }

    /// Fetches the server of this lane, where it is not there from an earlier run.
    pub(super) fn prepare(self) -> Result<(), String> {
        match self {
            Self::Ddl => ddl::V2.fetch(),
            Self::Ddl3 => ddl::V3.fetch(),
            Self::S3 => s3::fetch(),
            Self::Both => ddl::V2.fetch().and_then(|()| s3::fetch()),
            Self::Moto => moto::fetch(),
            Self::Embedded | Self::Docker | Self::Endpoint => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_known_by_their_names() {
        for lane in Lane::ALL {
            assert_eq!(lane.name().parse(), Ok(lane));
        }
        assert!("s4".parse::<Lane>().unwrap_err().contains("\"s4\""));
    }
}
