//! The keys that items are held to.

use super::report::{Finding, FindingKind, LintReport};
use crate::layout::{TABLE_SIDECAR, join};
use crate::reader::get;
use crate::{ExportError, ExportErrorKind, KeyAttribute, KeySchema, TableDescriptor};
use ddbkit_codec::Item;
use ddbkit_codec::rules::{Key, KeyType, TableKeys};
use ddbkit_store::Store;
use std::str::FromStr;

/// The keys of the table to be made and of its global secondary indexes, with their types.
///
/// ```
/// use ddbkit_export::lint::LintKeys;
///
/// let keys: LintKeys = "customer:S,day:N".parse()?;
/// assert_eq!(keys.schema().hash.name, "customer");
/// assert!("customer".parse::<LintKeys>().is_err());
/// # Ok::<(), ddbkit_export::ExportError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LintKeys {
    schema: KeySchema,
    rules: TableKeys,
    /// Every key attribute of table and indexes with its type.
    types: Vec<(String, KeyType)>,
    not_imported: Vec<String>,
}

impl LintKeys {
    /// The key of a table without indexes.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] for a type that is none of `S`, `N` and `B`.
    ///
    /// ```
    /// use ddbkit_export::lint::{FindingKind, InputFormat, LintKeys, LintOptions, Severity, lint};
    /// use ddbkit_export::{KeyAttribute, KeySchema};
    /// use ddbkit_flow::Control;
    /// use ddbkit_store::{PutOptions, Store};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let hash = KeyAttribute { name: "pk".to_owned(), attribute_type: "S".to_owned() };
    /// let mut options = LintOptions::new(std::env::temp_dir());
    /// options.keys = Some(LintKeys::new(KeySchema { hash, range: None })?);
    /// options.format = Some(InputFormat::DynamodbJson);
    ///
    /// let store = Store::memory();
    /// let lines = "{\"Item\":{\"pk\":{\"N\":\"1\"}}}\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}\n";
    /// store.put("data/one.json", lines.into(), PutOptions::default()).await?;
    /// let report = lint(&store, "data/", options, &Control::new()).await?;
    /// let finding = &report.findings[0];
    /// assert_eq!((finding.severity, finding.line), (Severity::Error, Some(1)));
    /// assert_eq!(FindingKind::KeysUnknown.severity(), Severity::Note);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(schema: KeySchema) -> Result<Self, ExportError> {
        let mut types = vec![(schema.hash.name.clone(), type_of(&schema.hash)?)];
        if let Some(range) = &schema.range {
            types.push((range.name.clone(), type_of(range)?));
        }
        let rules = TableKeys::new(key_of(&types));
        Ok(Self { schema, rules, types, not_imported: Vec::new() })
    }

    /// The keys of a table and of its indexes that was described.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] when the key has no attribute definition, or one of no
    /// known type.
    pub fn of(descriptor: &TableDescriptor) -> Result<Self, ExportError> {
        let mut keys = Self::new(descriptor.key_schema()?)?;
        let table = &descriptor.create_table;
        for index in &table.global_secondary_indexes {
            let mut types = Vec::new();
            for element in &index.key_schema {
                let name = &element.attribute_name;
                let mut defined = table.attribute_definitions.iter();
                let defined = defined.find(|definition| definition.attribute_name == *name);
                let attribute_type = defined.map_or("", |definition| &definition.attribute_type);
                let attribute_type = attribute_type.to_owned();
                let attribute = KeyAttribute { name: name.clone(), attribute_type };
                types.push((name.clone(), type_of(&attribute)?));
            }
            keys.rules = keys.rules.index(index.index_name.clone(), key_of(&types));
            keys.types.extend(types);
        }
        let lost = [
            (!table.local_secondary_indexes.is_empty()).then_some("local secondary indexes"),
            table.stream_specification.is_some().then_some("the stream"),
            descriptor.time_to_live.is_some().then_some("the time to live"),
            (!table.tags.is_empty()).then_some("tags"),
        ];
        keys.not_imported = lost.into_iter().flatten().map(ToOwned::to_owned).collect();
        Ok(keys)
    }

    /// The key of the table.
    #[must_use]
    pub fn schema(&self) -> &KeySchema {
        &self.schema
    }

    pub(super) fn rules(&self) -> &TableKeys {
        &self.rules
    }

    /// The type that a column of CSV is read as, where it is one of a key.
    pub(super) fn type_of_column(&self, name: &str) -> Option<KeyType> {
        self.types.iter().find(|(own, _)| own == name).map(|(_, key_type)| *key_type)
    }

    /// The key attributes of an item, none when one is missing.
    pub(super) fn project(&self, item: &Item) -> Option<Item> {
        let names = std::iter::once(&self.schema.hash).chain(&self.schema.range);
        names.map(|key| Some((key.name.clone(), item.get(&key.name)?.clone()))).collect()
    }

    /// Says what the table had that an import does not make.
    pub(super) fn notes(&self, report: &mut LintReport) {
        for what in &self.not_imported {
            let why = format!("the table had {what}, which ImportTable does not make");
            let name = &self.schema.hash.name;
            let object = format!("table with the key {name:?}");
            report.find(Finding::new(FindingKind::NotImported, object, why));
        }
    }
}

/// `HASH:S` or `HASH:S,RANGE:N`. A name may have colons; one with a comma cannot be written so.
impl FromStr for LintKeys {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Self, ExportError> {
        let mut attributes = text.split(',').map(|part| {
            let (name, attribute_type) =
                part.rsplit_once(':').filter(|(name, _)| !name.is_empty())?;
            Some(KeyAttribute { name: name.to_owned(), attribute_type: attribute_type.to_owned() })
        });
        let parsed = (attributes.next().flatten(), attributes.next(), attributes.next());
        match parsed {
            (Some(hash), None, None) => Self::new(KeySchema { hash, range: None }),
            (Some(hash), Some(Some(range)), None) => {
                Self::new(KeySchema { hash, range: Some(range) })
            }
            _ => Err(ExportError::new(ExportErrorKind::InvalidDescriptor, format!("key {text:?}"))
                .detail(
                    "a key is written NAME:TYPE or NAME:TYPE,NAME:TYPE with the types S, N, B",
                )),
        }
    }
}

fn type_of(attribute: &KeyAttribute) -> Result<KeyType, ExportError> {
    Ok(match attribute.attribute_type.as_str() {
        "S" => KeyType::S,
        "N" => KeyType::N,
        "B" => KeyType::B,
        _ => {
            let object = format!("key {:?}", attribute.name);
            return Err(ExportError::new(ExportErrorKind::InvalidDescriptor, object)
                .detail("the type of a key is S, N or B"));
        }
    })
}

fn key_of(types: &[(String, KeyType)]) -> Key {
    let mut types = types.iter();
    let (name, key_type) = types.next().cloned().unwrap_or((String::new(), KeyType::S));
    let key = Key::partition(name, key_type);
    match types.next() {
        Some((name, key_type)) => key.sort(name.clone(), *key_type),
        None => key,
    }
}

/// The keys by the description of the table that ddbkit left in the folder that the prefix names, or
/// in the one above it.
pub(super) async fn beside(store: &Store, prefix: &str) -> Result<Option<LintKeys>, ExportError> {
    let folder = prefix.trim_end_matches('/');
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    for folder in [folder, above] {
        let key = join(folder, TABLE_SIDECAR);
        if let Some(json) = get(store, &key).await? {
            let descriptor = TableDescriptor::parse(&json, &store.describe(&key))?;
            return LintKeys::of(&descriptor).map(Some);
        }
    }
    Ok(None)
}
