//! Which tool wrote what lies at a place.

mod archive;
mod dynamodump;
mod dyndump;
mod folder;
mod pipeline;
mod schema;
mod sniff;

pub(crate) use archive::walk;
pub(crate) use dynamodump::table_of_page;
pub(crate) use dyndump::{META_SUFFIX, is_meta, parts};

use crate::{ForeignError, ForeignErrorKind, Format};
use ddbkit_export::TableDescriptor;
use ddbkit_store::Store;
use sniff::Sniffed;

/// What the files of a source are packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// Nothing.
    Files,
    /// A tar archive, perhaps compressed with bzip2 or gzip.
    Tar,
    /// A zip archive.
    Zip,
}

/// What lies at a place, and how one knows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Detected {
    /// The format.
    pub format: Format,
    /// What its files are packed in.
    pub container: Container,
    /// By what it was told, in one line for people.
    pub evidence: String,
    /// The tables in it, in the order of their names; at least one.
    pub tables: Vec<SourceTable>,
    /// The store that all keys are in.
    pub(crate) store: Store,
}

/// One table in a source.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SourceTable {
    /// What it is called in the source: the name of the table, or of its folder or file.
    pub name: String,
    /// What the names of its objects begin with, in a backup of dyndump.
    pub(crate) prefix: String,
    /// Its folder, in an archive.
    pub(crate) folder: String,
    /// The name of the table that it was made from, where that is written down.
    pub table_name: Option<String>,
    /// The ARN of that table, where that is written down.
    pub table_arn: Option<String>,
    /// Its data files, in the order in which they are read; in an archive the archive.
    pub files: Vec<SourceFile>,
    /// How many items it has, where that is written down or was counted.
    pub items: Option<u64>,
    /// How many bytes its items have as JSON, where that is written down.
    pub json_bytes: Option<u64>,
    /// How the tool says that it ended: `completed`, `running` or `failed`.
    pub state: Option<String>,
    /// What the tool says that it holds: `full` or `query`.
    pub kind: Option<String>,
    /// When it was begun, as it is written down.
    pub started: Option<String>,
    /// When it was ended, as it is written down.
    pub ended: Option<String>,
    /// Its description, where there is one from which the table can be created.
    pub descriptor: Option<TableDescriptor>,
    /// What shows that it is not whole, each in one line.
    pub faults: Vec<String>,
}

/// A file with items.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFile {
    /// Its key in the store.
    pub key: String,
    /// Its size as stored, in bytes.
    pub bytes: u64,
}

impl SourceTable {
    /// How many bytes its files have as stored.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Looks at what lies in `parent` under `name`: a file, a folder, or the prefix of a backup of
/// dyndump. None when no format is recognised.
///
/// Reads the first mebibyte of a file and the listing of a folder, archives to their end, because
/// they have no list of what is in them. Holds a listing of 200,000 objects at most.
///
/// # Errors
/// When the store fails, an archive is damaged, or a folder holds files of several kinds.
///
/// ```
/// use ddbkit_foreign::{Container, Damage, detect};
/// use ddbkit_store::{PutOptions, Store};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::memory();
/// store.put("dumps/orders.csv", "pk,n\n\"a\",1\n".into(), PutOptions::default()).await?;
///
/// let found = detect(&store, "dumps/orders.csv").await?.expect("it is known");
/// assert_eq!(found.container, Container::Files);
/// assert!(found.format.known_damages().contains(&Damage::LostBinaries));
/// let table = found.table(None)?;
/// assert!(found.describe(&table.files[0]).ends_with("dumps/orders.csv"));
/// // Nothing in a CSV file proves that it is a backup and nothing else.
/// assert!(found.deletion(None).await.is_err());
/// # Ok(())
/// # }
/// ```
pub async fn detect(parent: &Store, name: &str) -> Result<Option<Detected>, ForeignError> {
    let name = name.trim_matches('/');
    if let Some(prefix) = name.strip_suffix(META_SUFFIX)
        && let Some(found) = dyndump::backup(parent, prefix).await?
    {
        return Ok(Some(found));
    }
    if let Some(found) = dyndump::backup(parent, name).await? {
        return Ok(Some(found));
    }
    if !name.is_empty()
        && let Some(meta) = parent.head(name).await?
    {
        return file(parent, SourceFile { key: meta.key, bytes: meta.size }).await;
    }
    folder::detect(&parent.subtree(name), name).await
}

async fn file(store: &Store, file: SourceFile) -> Result<Option<Detected>, ForeignError> {
    let sniffed = sniff::sniff(store, &file.key).await?;
    let format = match sniffed {
        Some(Sniffed::Items(format)) => format,
        Some(Sniffed::Tar) => return archive::detect(store, file, Container::Tar).await,
        Some(Sniffed::Zip) => return archive::detect(store, file, Container::Zip).await,
        Some(Sniffed::Empty) => Format::DynamoDbJson,
        None => return Ok(None),
    };
    let evidence = match sniffed {
        Some(Sniffed::Empty) => "the file is empty".to_owned(),
        _ => format!("the first bytes of {}", file.key),
    };
    let name = stem(&file.key).to_owned();
    let items = matches!(sniffed, Some(Sniffed::Empty)).then_some(0);
    let table = SourceTable { name, items, files: vec![file], ..SourceTable::default() };
    Ok(Some(Detected::new(store, format, evidence, vec![table])))
}

/// The name of a file without what follows its first dot.
fn stem(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or(key);
    name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name)
}

impl Detected {
    fn new(store: &Store, format: Format, evidence: String, tables: Vec<SourceTable>) -> Self {
        let container = Container::Files;
        Self { format, container, evidence, tables, store: store.clone() }
    }

    /// How messages name a file of it.
    #[must_use]
    pub fn describe(&self, file: &SourceFile) -> String {
        self.store.describe(&file.key)
    }

    /// The table of that name; without a name, the only one.
    ///
    /// # Errors
    /// [`ForeignErrorKind::SeveralTables`] and [`ForeignErrorKind::NoSuchTable`], both naming the
    /// tables.
    pub fn table(&self, name: Option<&str>) -> Result<&SourceTable, ForeignError> {
        const SHOWN: usize = 20;
        let names = || {
            let names: Vec<&str> = self.tables.iter().map(|table| table.name.as_str()).collect();
            match names.get(..SHOWN) {
                Some(first) if names.len() > SHOWN => {
                    format!("{} and {} others", first.join(", "), names.len() - SHOWN)
                }
                _ => names.join(", "),
            }
        };
        match (name, self.tables.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(ForeignError::new(
                ForeignErrorKind::SeveralTables,
                format!("the source holds several tables, one has to be named: {}", names()),
            )),
            (Some(name), tables) => {
                tables.iter().find(|table| table.name == name).ok_or_else(|| {
                    let message = format!("the source holds no table {name}, but {}", names());
                    ForeignError::new(ForeignErrorKind::NoSuchTable, message)
                })
            }
        }
    }
}
