//! dynamodump: `<table>/schema.json` and `<table>/data/0001.json`, in a folder or an archive.

use super::{SourceFile, SourceTable, schema};
use crate::read::PageEnd;
use std::collections::BTreeMap;

/// What a path in a dump is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Schema,
    /// A page with its number.
    Page(u64),
}

/// The folder of the table and what the path is in it; none for other files.
pub(crate) fn part(path: &str) -> Option<(&str, Part)> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name == "schema.json" {
        return Some((folder, Part::Schema));
    }
    let digits = name.strip_suffix(".json")?;
    let is_number = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number)?;
    let table = match folder.rsplit_once('/') {
        Some((table, "data")) => table,
        None if folder == "data" => "",
        _ => return None,
    };
    Some((table, Part::Page(number)))
}

/// The folder of the table whose page the path is.
pub(crate) fn table_of_page(path: &str) -> Option<&str> {
    match part(path)? {
        (folder, Part::Page(_)) => Some(folder),
        (_, Part::Schema) => None,
    }
}

/// Gathers the tables of a dump.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<String, Gathered>);

#[derive(Default)]
struct Gathered {
    schema: Option<schema::Schema>,
    pages: BTreeMap<u64, SourceFile>,
    /// What the page of the highest number says.
    last: Option<(u64, PageEnd)>,
    items: u64,
    faults: Vec<String>,
}

impl Tables {
    fn table(&mut self, folder: &str) -> &mut Gathered {
        self.0.entry(folder.to_owned()).or_default()
    }

    pub(super) fn schema(&mut self, folder: &str, json: &[u8]) {
        let gathered = self.table(folder);
        match schema::read(json) {
            Ok(schema) => gathered.schema = Some(schema),
            Err(why) => gathered.faults.push(format!("schema.json cannot be read: {why}")),
        }
    }

    pub(super) fn page(&mut self, folder: &str, number: u64, file: SourceFile) {
        self.table(folder).pages.insert(number, file);
    }

    /// What a page says about itself, when it was read.
    pub(super) fn page_end(&mut self, folder: &str, number: u64, end: PageEnd) {
        let gathered = self.table(folder);
        gathered.items += end.items;
        if let Some(count) = end.count.filter(|count| *count != end.items) {
            let items = end.items;
            gathered.faults.push(format!("page {number} has {items} items, but says {count}"));
        }
        if gathered.last.is_none_or(|(last, _)| last <= number) {
            gathered.last = Some((number, end));
        }
    }

    /// The page of the highest number of each table.
    pub(super) fn last_pages(&self) -> Vec<(String, u64, SourceFile)> {
        let last = |(folder, gathered): (&String, &Gathered)| {
            let (number, file) = gathered.pages.last_key_value()?;
            Some((folder.clone(), *number, file.clone()))
        };
        self.0.iter().filter_map(last).collect()
    }

    /// The tables. The items are known where every page was read.
    pub(super) fn finish(self, all_pages_read: bool) -> Vec<SourceTable> {
        let mut tables: Vec<SourceTable> = self
            .0
            .into_iter()
            // A schema.json alone is that of something else, unless dynamodump's reader took it.
            .filter(|(_, gathered)| gathered.schema.is_some() || !gathered.pages.is_empty())
            .map(|(folder, gathered)| gathered.finish(&folder, all_pages_read))
            .collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        tables
    }
}

impl Gathered {
    fn finish(mut self, folder: &str, all_pages_read: bool) -> SourceTable {
        let numbers = self.pages.keys().copied();
        if let Some((missing, _)) = (1..).zip(numbers).find(|(expected, found)| expected != found) {
            self.faults.push(format!("page {missing} is missing"));
        }
        if self.schema.is_none() {
            self.faults.push("schema.json is missing".to_owned());
        }
        match self.last {
            Some((_, end)) if end.has_more => {
                let why = "the last page says that more follow: the dump broke off";
                self.faults.push(why.to_owned());
            }
            None if self.pages.is_empty()
                && self.schema.as_ref().is_some_and(|schema| schema.items > 0) =>
            {
                let why = "there are no pages, but the table had items";
                self.faults.push(why.to_owned());
            }
            _ => {}
        }
        let table_name = self.schema.as_ref().map(|schema| schema.table_name.clone());
        let folder_name = folder.rsplit('/').next().filter(|name| !name.is_empty());
        SourceTable {
            name: folder_name.map_or_else(
                || table_name.clone().unwrap_or_else(|| "table".to_owned()),
                str::to_owned,
            ),
            folder: folder.to_owned(),
            table_name,
            table_arn: self.schema.as_ref().and_then(|schema| schema.table_arn.clone()),
            files: self.pages.into_values().collect(),
            items: all_pages_read.then_some(self.items),
            descriptor: self.schema.and_then(|schema| schema.descriptor),
            faults: self.faults,
            ..SourceTable::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_dump_are_known() {
        assert_eq!(part("dump/orders/schema.json"), Some(("dump/orders", Part::Schema)));
        assert_eq!(part("./dump/orders/data/0001.json"), Some(("dump/orders", Part::Page(1))));
        assert_eq!(part("data/10000.json"), Some(("", Part::Page(10_000))));
        for other in ["orders/0001.json", "data/1.json", "data/x.json", "data/0001.json.gz", "a"] {
            assert_eq!(part(other), None, "{other}");
        }
    }
}
