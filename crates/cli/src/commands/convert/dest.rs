//! Where a file is written to.

use crate::args::ConvertFormat;
use crate::commands::Context;
use crate::error::Failure;
use crate::foreign;
use bytes::Bytes;
use ddbkit::store::{Condition, Location, ObjectWriter, PutOptions};
use std::io::{self, Write};
use std::path::Path;
use tokio::runtime::Handle;

/// So much is gathered before it goes to the store.
const BUFFER: usize = 1 << 20;

/// A file, an object or standard output, as a stream that blocks. It becomes visible when it is
/// finished; dropped before, it leaves nothing.
pub(super) struct Dest {
    name: String,
    /// None for standard output.
    writer: Option<ObjectWriter>,
    buffer: Vec<u8>,
    runtime: Handle,
}

impl Dest {
    /// Begins it. What is there already is not replaced.
    pub(super) async fn create(
        context: &Context,
        dest: &str,
        format: ConvertFormat,
    ) -> Result<Self, Failure> {
        let runtime = Handle::current();
        if dest == "-" {
            let name = "standard output".to_owned();
            return Ok(Self { name, writer: None, buffer: Vec::new(), runtime });
        }
        let location: Location = dest.parse()?;
        let is_folder = dest.ends_with('/') || is_folder(&location);
        let location = if is_folder { location.join(file_name(format)) } else { location };
        let (store, key) = foreign::parent(&location, &context.global).await?;
        if key.is_empty() {
            return Err(Failure::usage(format!("{dest} names no file to write")));
        }
        let name = store.describe(&key);
        // Told before the source is read; what comes between is found when it is finished.
        if store.head(&key).await?.is_some() {
            return Err(Failure::other(format!("{name} is there already"))
                .with_hint("name another file, or delete this one first"));
        }
        let options = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
        let writer = Some(store.writer(&key, options).await?);
        Ok(Self { name, writer, buffer: Vec::with_capacity(BUFFER), runtime })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes what is left and makes it visible.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.pass_on()?;
        match self.writer {
            Some(writer) => {
                self.runtime.block_on(writer.finish())?;
            }
            None => io::stdout().flush()?,
        }
        Ok(())
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.buffer);
        match &mut self.writer {
            Some(writer) => {
                let written = self.runtime.block_on(writer.write(Bytes::from(bytes)));
                written.map_err(io::Error::other)
            }
            None => io::stdout().write_all(&bytes),
        }
    }
}

impl Write for Dest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_folder(location: &Location) -> bool {
    match location {
        Location::Directory(path) => Path::is_dir(path),
        Location::S3 { prefix, .. } => prefix.is_empty(),
    }
}

fn file_name(format: ConvertFormat) -> &'static str {
    match format {
        ConvertFormat::DynamodbJson | ConvertFormat::Json => "items.json",
        ConvertFormat::Ion => "items.ion",
        ConvertFormat::Csv | ConvertFormat::CsvImport => "items.csv",
        ConvertFormat::Parquet => "items.parquet",
    }
}
