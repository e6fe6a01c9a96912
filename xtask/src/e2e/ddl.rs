//! DynamoDB Local, resolved by Maven. Its licence forbids to hand it on, so it is never vendored.

use super::Lane;
use super::server::{Server, folder, free_port};
use crate::run::{program, succeed};
use std::path::Path;

/// A release of DynamoDB Local.
struct Release {
    group: &'static str,
    version: &'static str,
    main_class: &'static str,
}

fn release(lane: Lane) -> Release {
    match lane {
        Lane::Ddl3 => Release {
            group: "software.amazon.dynamodb",
            version: "3.1.0",
            main_class: "software.amazon.dynamodb.services.local.main.ServerRunner",
        },
        _ => Release {
            group: "com.amazonaws",
            version: "2.6.1",
            main_class: "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
        },
    }
}

pub(super) fn name(lane: Lane) -> String {
    format!("DynamoDB Local {}", release(lane).version)
}

pub(super) fn start(lane: Lane) -> Result<Server, String> {
    let release = release(lane);
    let folder = folder(&format!("dynamodb-local-{}", release.version))?;
    resolve(&release, &folder)?;
    let port = free_port()?;
    let number = port.to_string();
    let mut java = program(
        "java",
        &[
            "-Xmx512m",
            "-Djava.library.path=lib",
            "-cp",
            "lib/*",
            release.main_class,
            "-inMemory",
            "-sharedDb",
            "-disableTelemetry",
            "-port",
            &number,
        ],
    );
    Server::start("dynamodb-local", port, java.current_dir(&folder))
}

/// Lets Maven copy the jars, once.
fn resolve(release: &Release, folder: &Path) -> Result<(), String> {
    let done = folder.join("resolved");
    if done.exists() {
        return Ok(());
    }
    let pom = format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>\
         <groupId>ddbkit</groupId><artifactId>e2e</artifactId><version>1</version><dependencies>\
         <dependency><groupId>{}</groupId><artifactId>DynamoDBLocal</artifactId>\
         <version>{}</version></dependency></dependencies></project>",
        release.group, release.version
    );
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    write("pom.xml", &pom)?;
    let args = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
    succeed(program("mvn", &args).current_dir(folder))?;
    write("resolved", "")
}
