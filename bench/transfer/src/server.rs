//! DynamoDB as far as dump and load need it, from memory.

use crate::{Error, Result};
use bytes::{Bytes, BytesMut};
use crc32fast::Hasher;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

/// As large as DynamoDB's.
const PAGE_BYTES: usize = 1024 * 1024;

/// Pages that are served over and over.
struct Pages {
    pages: Vec<Page>,
    /// Items taken since the last look.
    written: AtomicU64,
}

/// A page up to where its end depends on what comes after it.
struct Page {
    body: Vec<u8>,
    checksum: Hasher,
    items: usize,
    /// Bytes of its items as export lines.
    line_bytes: usize,
}

/// Prints its address, then answers until standard input ends.
pub fn serve(corpus: &Path) -> Result {
    let pages = Arc::new(Pages::read(corpus)?);
    std::thread::spawn(|| {
        // The parent has gone when its end of the pipe has.
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        std::process::exit(0);
    });
    listen(&pages)
}

#[tokio::main]
async fn listen(pages: &Arc<Pages>) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let pages = pages.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(pages.clone(), request));
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

impl Pages {
    fn read(corpus: &Path) -> Result<Self> {
        let lines = std::fs::read(corpus)?;
        let (mut pages, mut items, mut bytes) = (Vec::new(), Vec::new(), 0);
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let item = line.strip_prefix(b"{\"Item\":").and_then(|rest| rest.strip_suffix(b"}"));
            let item = item.ok_or("a line of the corpus is no export line")?;
            bytes += item.len() + 1;
            items.push(item);
            if bytes >= PAGE_BYTES {
                pages.push(Page::new(&items));
                items.clear();
                bytes = 0;
            }
        }
        Ok(Self { pages, written: AtomicU64::new(0) })
    }

    fn page(&self, number: usize) -> Option<&Page> {
        self.pages.get(number % self.pages.len().max(1))
    }

    /// What a table of so many pages holds.
    fn content(&self, pages: usize) -> (usize, usize) {
        let pages = (0..pages).filter_map(|number| self.page(number));
        pages.fold((0, 0), |(items, bytes), page| (items + page.items, bytes + page.line_bytes))
    }
}

impl Page {
    fn new(items: &[&[u8]]) -> Self {
        let count = items.len();
        let mut body = format!(
            "{{\"ConsumedCapacity\":{{\"CapacityUnits\":128.0,\"TableName\":\"Bench\"}},\
             \"Count\":{count},\"ScannedCount\":{count},\"Items\":["
        )
        .into_bytes();
        body.extend(items.join(&b','));
        body.push(b']');
        let mut checksum = Hasher::new();
        checksum.update(&body);
        let line_bytes = items.iter().map(|item| item.len() + "{\"Item\":}\n".len()).sum();
        Self { body, checksum, items: count, line_bytes }
    }

    /// The answer, with the place of the next page where there is one.
    fn answer(&self, next: Option<usize>) -> (Bytes, u32) {
        let end = match next {
            Some(next) => format!(
                ",\"LastEvaluatedKey\":{{\"pk\":{{\"S\":\"{next}\"}},\"sk\":{{\"S\":\"\"}}}}}}"
            ),
            None => "}".to_owned(),
        };
        let mut body = BytesMut::with_capacity(self.body.len() + end.len());
        body.extend_from_slice(&self.body);
        body.extend_from_slice(end.as_bytes());
        let mut checksum = self.checksum.clone();
        checksum.update(end.as_bytes());
        (body.freeze(), checksum.finalize())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scan {
    table_name: String,
    segment: usize,
    total_segments: usize,
    exclusive_start_key: Option<HashMap<String, HashMap<String, String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    table_name: String,
}

async fn answer(pages: Arc<Pages>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default();
    let (operation, method) = (operation.to_owned(), request.method().clone());
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let (status, (body, checksum)) = if method == Method::GET {
        (200, summed(questions(&pages, &path)?))
    } else {
        match operation.as_str() {
            "Scan" => (200, scan(&pages, &serde_json::from_slice(&body)?)?),
            "BatchWriteItem" => {
                // With or without space behind it; within a string the quotes would be escaped.
                let puts = memchr::memmem::find_iter(&body, b"\"PutRequest\":").count();
                pages.written.fetch_add(puts as u64, Ordering::Relaxed);
                (200, summed("{\"UnprocessedItems\":{}}".to_owned()))
            }
            "PutItem" => {
                pages.written.fetch_add(1, Ordering::Relaxed);
                (200, summed("{}".to_owned()))
            }
            "DescribeTable" => {
                let Describe { table_name } = serde_json::from_slice(&body)?;
                (200, summed(describe(&table_name)?))
            }
            _ => (400, summed("{\"__type\":\"UnknownOperationException\"}".to_owned())),
        }
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-crc32", checksum);
    Ok(response.body(Full::new(body))?)
}

/// How many pages the table of this name has.
fn pages_of(table: &str) -> Result<usize> {
    let number = table.strip_prefix("Bench").and_then(|number| number.parse().ok());
    number.ok_or_else(|| Error::from(format!("there is no table {table:?}")))
}

fn scan(pages: &Pages, scan: &Scan) -> Result<(Bytes, u32)> {
    let total = pages_of(&scan.table_name)?;
    let key = scan.exclusive_start_key.as_ref().and_then(|key| key.get("pk")?.get("S"));
    let number = key.map_or(Ok(scan.segment), |number| number.parse())?;
    if number >= total {
        return Ok(Page::new(&[]).answer(None));
    }
    let next = Some(number + scan.total_segments).filter(|next| *next < total);
    Ok(pages.page(number).ok_or("the corpus is empty")?.answer(next))
}

fn describe(table: &str) -> Result<String> {
    let bytes = pages_of(table)? * PAGE_BYTES;
    let mut text = String::new();
    write!(
        text,
        "{{\"Table\":{{\"TableName\":\"{table}\",\"TableStatus\":\"ACTIVE\",\
         \"TableArn\":\"arn:aws:dynamodb:us-east-1:123456789012:table/{table}\",\
         \"TableSizeBytes\":{bytes},\"ItemCount\":{},\"CreationDateTime\":1700000000.0,\
         \"AttributeDefinitions\":[{{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"}},\
         {{\"AttributeName\":\"sk\",\"AttributeType\":\"S\"}}],\
         \"KeySchema\":[{{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"}},\
         {{\"AttributeName\":\"sk\",\"KeyType\":\"RANGE\"}}],\
         \"BillingModeSummary\":{{\"BillingMode\":\"PAY_PER_REQUEST\"}}}}}}",
        bytes / 1024,
    )?;
    Ok(text)
}

fn summed(body: String) -> (Bytes, u32) {
    let checksum = crc32fast::hash(body.as_bytes());
    (body.into(), checksum)
}

/// What the bench asks: what a table holds, and how many items were taken since it asked last.
fn questions(pages: &Pages, path: &str) -> Result<String> {
    if path == "written" {
        return Ok(pages.written.swap(0, Ordering::Relaxed).to_string());
    }
    let (items, bytes) = pages.content(pages_of(path)?);
    Ok(format!("{items}\t{bytes}"))
}
