//! DynamoDB Local, resolved by Maven. Its licence forbids to hand it on, so it is never vendored.

use super::server::{Server, folder, free_port};
use crate::run::{program, succeed};
use std::path::PathBuf;

/// A release of DynamoDB Local.
pub(super) struct Release {
    group: &'static str,
    version: &'static str,
    main_class: &'static str,
}

/// The reference: the last release whose stream records of TTL deletions are those of the service.
pub(super) const V2: Release = Release {
    group: "com.amazonaws",
    version: "2.6.1",
    main_class: "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
};

pub(super) const V3: Release = Release {
    group: "software.amazon.dynamodb",
    version: "3.1.0",
    main_class: "software.amazon.dynamodb.services.local.main.ServerRunner",
};

/// Those tests of the testkit that hold the codec's rules to this server; elsewhere they are ignored.
pub(super) const TESTS_OF_RULES: [&str; 2] = ["service_rules::", "--include-ignored"];

impl Release {
    pub(super) fn name(&self) -> String {
        format!("DynamoDB Local {}", self.version)
    }

    fn folder(&self) -> Result<PathBuf, String> {
        folder(&format!("ddl-{}", self.version))
    }

    /// Lets Maven copy the jars, once.
    pub(super) fn fetch(&self) -> Result<(), String> {
        let folder = self.folder()?;
        // Written when all jars are there: Maven may have been interrupted.
        let done = folder.join("fetched");
        if done.exists() {
            return Ok(());
        }
        let write = |path: PathBuf, text: &str| {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        write(folder.join("pom.xml"), &self.pom())?;
        let copy = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
        succeed(program("mvn", &copy).current_dir(&folder))?;
        write(done, "")
    }

    fn pom(&self) -> String {
        let Self { group, version, .. } = self;
        format!(
            r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ddbkit</groupId><artifactId>e2e</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>{group}</groupId><artifactId>DynamoDBLocal</artifactId><version>{version}</version>
  </dependency></dependencies>
</project>
"#
        )
    }

    pub(super) fn start(&self) -> Result<Server, String> {
        let port = free_port()?;
        // It listens on every interface and cannot be told otherwise; its tables hold made-up items.
        // Without a limit the heap grows to gigabytes. `lib/*` is for Java to expand.
        let mut java = program("java", &["-Xmx512m", "-Djava.library.path=lib", "-cp", "lib/*"]);
        java.args([self.main_class, "-inMemory", "-sharedDb", "-disableTelemetry"]);
        java.args(["-port", &port.to_string()]).current_dir(self.folder()?);
        java.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y");
        Server::start(&format!("ddl-{}", self.version), port, java.env("AWS_REGION", "us-east-1"))
    }
}
