//! Lines, values, writes; the MD5 of each file, as the manifest has it.

use super::json::{Item, LineIn, item};
use super::value::from_value;
use crate::client::WORKERS;
use crate::{Error, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use ddbkit_bench_rounds::Moved;
use md5::{Digest, Md5};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How items are read and written.
#[derive(Clone, Copy)]
pub enum Write {
    /// 25 at a time; lines become a `serde_json::Value` first, as programs without types of their own
    /// read them.
    Batch,
    /// 25 at a time; lines become values without a detour.
    BatchStraight,
    /// One at a time, where its key is free.
    ConditionalPut,
}

/// How many puts run where ours runs one batch.
const PUTS: usize = 8;

pub async fn load(client: Client, table: &str, folder: &Path, write: Write) -> Result<Moved> {
    let files = Arc::new(Mutex::new(data_files(folder)?));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(worker(client.clone(), table.to_owned(), files.clone(), write));
    }
    let mut moved = Moved::default();
    while let Some(done) = workers.join_next().await {
        let done = done??;
        moved.items += done.items;
        moved.bytes += done.bytes;
    }
    Ok(moved)
}

/// A file and the MD5 of what was read of it.
struct Summed {
    file: File,
    md5: Md5,
}

impl Read for Summed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        self.md5.update(&bytes[..read]);
        Ok(read)
    }
}

/// The data files of the one dump in the folder.
fn data_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let exports = std::fs::read_dir(folder.join("AWSDynamoDB"))?;
    for export in exports {
        let data = export?.path().join("data");
        if data.is_dir() {
            return Ok(std::fs::read_dir(data)?
                .map(|f| f.map(|f| f.path()))
                .collect::<std::io::Result<_>>()?);
        }
    }
    Err("there is no dump".into())
}

async fn worker(
    client: Client,
    table: String,
    files: Arc<Mutex<Vec<PathBuf>>>,
    write: Write,
) -> Result<Moved> {
    let mut moved = Moved::default();
    let running = Arc::new(Semaphore::new(PUTS));
    let mut puts = JoinSet::new();
    loop {
        let next = files.lock().map_err(|_| Error::from("a worker died"))?.pop();
        let Some(file) = next else { break };
        let file = Summed { file: File::open(file)?, md5: Md5::new() };
        let (mut lines, mut line) = (BufReader::with_capacity(1 << 20, file), Vec::new());
        let mut batch = Vec::with_capacity(25);
        while lines.read_until(b'\n', &mut line)? > 0 {
            moved.items += 1;
            moved.bytes += line.len() as u64;
            let item = match write {
                Write::Batch => from_value(&serde_json::from_slice(&line)?)?,
                _ => item(serde_json::from_slice::<LineIn>(&line)?.item),
            };
            line.clear();
            match write {
                Write::Batch | Write::BatchStraight => {
                    let put = PutRequest::builder().set_item(Some(item)).build()?;
                    batch.push(WriteRequest::builder().put_request(put).build());
                    if batch.len() == 25 {
                        send(&client, &table, std::mem::take(&mut batch)).await?;
                    }
                }
                Write::ConditionalPut => {
                    let permit = running.clone().acquire_owned().await?;
                    let (client, table) = (client.clone(), table.clone());
                    puts.spawn(async move {
                        let done = put(&client, &table, item).await;
                        drop(permit);
                        done
                    });
                    while let Some(done) = puts.try_join_next() {
                        done??;
                    }
                }
            }
        }
        if !batch.is_empty() {
            send(&client, &table, batch).await?;
        }
        std::hint::black_box(lines.into_inner().md5.finalize());
    }
    while let Some(done) = puts.join_next().await {
        done??;
    }
    Ok(moved)
}

async fn send(client: &Client, table: &str, batch: Vec<WriteRequest>) -> Result {
    client.batch_write_item().request_items(table, batch).send().await?;
    Ok(())
}

async fn put(client: &Client, table: &str, item: Item) -> Result {
    let put = client.put_item().table_name(table).set_item(Some(item));
    let put = put.condition_expression("attribute_not_exists(pk)");
    put.send().await?;
    Ok(())
}
