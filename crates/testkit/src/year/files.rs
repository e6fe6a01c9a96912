//! The objects of a native export, as AWS writes them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddbkit_codec::{AttributeValue, IncrementalRecord, Item};
use ddbkit_store::{PutOptions, Store};
use flate2::{Compression, GzBuilder};
use md5::{Digest as _, Md5};

use super::{Window, Year};

/// Data files of an export. Those of one partition key are in one of them, and the last is empty:
/// AWS writes one for each partition of the table.
const FILES: usize = 4;
const REGION_AND_ACCOUNT: &str = "eu-north-1:123456789123";

/// What an incremental export tells of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// `NEW_IMAGE`: the item at the end of the window.
    NewImage,
    /// `NEW_AND_OLD_IMAGES`: the item before the window as well.
    NewAndOldImages,
}

impl View {
    fn name(self) -> &'static str {
        match self {
            Self::NewImage => "NEW_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// Writes the full export of the beginning of a year.
pub(super) async fn write_full(store: &Store, year: &Year, items: &[Item]) -> String {
    let at = year.windows[0].from;
    let lines =
        items.iter().map(|item| (item, format!("{{\"Item\":{}}}", item.to_dynamodb_json())));
    let export = Export::begin(store, year, at, None).await;
    let time = format!("\"exportTime\":\"{}\"", iso(at));
    export.write("2020-06-30", &time, "", lines).await
}

/// Writes the incremental export of a window.
pub(super) async fn write_incremental(
    store: &Store,
    year: &Year,
    window: &Window,
    view: View,
) -> String {
    let lines = window.records.iter().map(|record| {
        let old_image = record.old_image.clone().filter(|_| view == View::NewAndOldImages);
        let line = IncrementalRecord { old_image, ..record.clone() }.to_dynamodb_json();
        (&record.keys, line)
    });
    let export = Export::begin(store, year, window.to, Some("AWSDynamoDB/data/")).await;
    let (from, to) = (iso(window.from), iso(window.to));
    let times = format!("\"exportFromTime\":\"{from}\",\"exportToTime\":\"{to}\"");
    let kind = format!(",\"outputView\":\"{}\",\"exportType\":\"INCREMENTAL_EXPORT\"", view.name());
    export.write("2023-08-01", &times, &kind, lines).await
}

/// An export that is being written.
struct Export<'a> {
    store: &'a Store,
    year: &'a Year,
    id: String,
    start: SystemTime,
    data: String,
}

impl<'a> Export<'a> {
    /// Begins an export. Incremental exports share one folder for their data files.
    async fn begin(
        store: &'a Store,
        year: &'a Year,
        start: SystemTime,
        data: Option<&str>,
    ) -> Self {
        let millis = start.duration_since(UNIX_EPOCH).expect("a time after 1970").as_millis();
        let id = format!("{millis:014}-{:08x}", fastrand::u32(..));
        let own = format!("AWSDynamoDB/{id}/data/");
        let data = data.map_or(own, ToOwned::to_owned);
        let export = Self { store, year, id, start, data };
        export.put("_started", "").await;
        export
    }

    /// Writes everything else, the summary last.
    async fn write<'i>(
        &self,
        version: &str,
        times: &str,
        kind: &str,
        lines: impl Iterator<Item = (&'i Item, String)>,
    ) -> String {
        let mut files = vec![(0_u64, String::new()); FILES];
        for (item, line) in lines {
            let (count, text) = &mut files[partition(item)];
            *count += 1;
            *text += &(line + "\n");
        }
        let mut listed = String::new();
        for (count, text) in &files {
            let gz = gzip(text.as_bytes());
            let key = format!("{}{}.json.gz", self.data, random_name());
            let (md5, etag) = (md5(&gz), etag(&gz));
            self.put_object(&key, gz).await;
            let sums = format!("\"md5Checksum\":\"{md5}\",\"etag\":\"{etag}\"");
            let _ =
                writeln!(listed, "{{\"itemCount\":{count},{sums},\"dataFileS3Key\":\"{key}\"}}");
        }
        let items: u64 = files.iter().map(|(count, _)| count).sum();
        let (id, table_id) = (&self.id, &self.year.table_id);
        let arn = format!("arn:aws:dynamodb:{REGION_AND_ACCOUNT}:table/{}", self.year.table);
        let (start, end) = (iso(self.start), iso(self.start + Duration::from_mins(5)));
        let summary = format!(
            "{{\"version\":\"{version}\",\"exportArn\":\"{arn}/export/{id}\",\
             \"startTime\":\"{start}\",\"endTime\":\"{end}\",\"tableArn\":\"{arn}\",\
             \"tableId\":\"{table_id}\",{times},\"s3Bucket\":\"exports\",\"s3Prefix\":null,\
             \"s3SseAlgorithm\":\"AES256\",\"s3SseKmsKeyId\":null,\
             \"manifestFilesS3Key\":\"AWSDynamoDB/{id}/manifest-files.json\",\
             \"billedSizeBytes\":10000000,\"itemCount\":{items},\
             \"outputFormat\":\"DYNAMODB_JSON\"{kind}}}"
        );
        for (name, text) in [("manifest-files", &listed), ("manifest-summary", &summary)] {
            self.put(&format!("{name}.md5"), &md5(text.as_bytes())).await;
            self.put(&format!("{name}.json"), text).await;
        }
        self.id.clone()
    }

    async fn put(&self, name: &str, text: &str) {
        let key = format!("AWSDynamoDB/{}/{name}", self.id);
        self.put_object(&key, text.as_bytes().to_vec()).await;
    }

    async fn put_object(&self, key: &str, bytes: Vec<u8>) {
        let put = self.store.put(key, bytes.into(), PutOptions::default()).await;
        put.unwrap_or_else(|error| panic!("write {key}: {error}"));
    }
}

/// The data file of an item.
fn partition(item: &Item) -> usize {
    let Some(AttributeValue::S(key)) = item.get("pk") else { panic!("an item without its key") };
    let sum: usize = key.bytes().map(usize::from).sum();
    sum % (FILES - 1)
}

/// One member with the header that AWS writes.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let builder = GzBuilder::new().mtime(0).operating_system(0xff);
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("compress in memory");
    encoder.finish().expect("compress in memory")
}

fn md5(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

/// The entity tag of an upload of one part.
fn etag(bytes: &[u8]) -> String {
    let digest = Md5::digest(Md5::digest(bytes));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}-1")
}

fn random_name() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..26).map(|_| char::from(ALPHABET[fastrand::usize(..32)])).collect()
}

/// A time of 2025 or the first days of 2026, as AWS writes times.
fn iso(time: SystemTime) -> String {
    let since = time.duration_since(super::start_of(0)).expect("a time in 2025 or later");
    let (mut day, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let mut month = 0;
    while month < 12 && day >= super::DAYS[month] {
        day -= super::DAYS[month];
        month += 1;
    }
    let (year, month) = if month == 12 { (2026, 1) } else { (2025, month + 1) };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let millis = since.subsec_millis();
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", day + 1)
}
