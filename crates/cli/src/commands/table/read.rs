//! `ddbkit table query` and `scan`.

use super::expressions::{Placeholders, path};
use super::key::value;
use super::range_condition::range;
use super::target::{Target, schema};
use crate::args::table::{PageArgs, QueryArgs, ScanArgs};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, count};
use ddbkit::codec::Item;
use ddbkit::codec::rules::Key;
use ddbkit::flow::{Control, ProgressEvent};
use ddbkit::table::{Index, Page, Path, ReadRequest, TableError};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::json;

type Pages = BoxStream<'static, Result<Page<Item>, TableError>>;

pub(super) async fn query(context: &Context, args: QueryArgs) -> Result<Exit, Failure> {
    let target = Target::open(context, &args.table).await?;
    let (key, of) = key(&target, &args.pages)?;
    let hash = value("HASH", &args.hash, key.partition_key())?;
    let mut request = target.table.query(hash);
    if let Some(text) = &args.range_key_condition {
        request = request.range(range(text, &of, &key)?);
    }
    if args.descending {
        request = request.descending();
    }
    let pages = with(request, &args.pages, &key)?.pages();
    print(context, "query", &args.table, &args.pages, pages).await
}

pub(super) async fn scan(context: &Context, args: ScanArgs) -> Result<Exit, Failure> {
    let target = Target::open(context, &args.table).await?;
    let (key, _) = key(&target, &args.pages)?;
    let request = target.table.scan().segments(args.segments);
    let pages = with(request, &args.pages, &key)?.pages(&context.control);
    print(context, "scan", &args.table, &args.pages, pages).await
}

/// The key of the table or index that is read, and what has it.
fn key(target: &Target, args: &PageArgs) -> Result<(Key, String), Failure> {
    let (table, index) = (target.table.name(), args.index.as_deref());
    let of = index.map_or_else(|| format!("table {table}"), |index| format!("index {index}"));
    if let Some(key) = target.summary.key_of(index) {
        return Ok((key.clone(), of));
    }
    let there: Vec<&str> = target.summary.indexes.iter().map(|it| it.name.as_str()).collect();
    let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    Err(Failure::usage(format!("table {table} has no {of}; its indexes are: {there}")))
}

/// The request with what queries and scans have in common.
fn with<K>(
    mut request: ReadRequest<Item, K>,
    args: &PageArgs,
    key: &Key,
) -> Result<ReadRequest<Item, K>, Failure> {
    let placeholders = Placeholders::parse(&args.expressions, args.format)?;
    if let Some(index) = &args.index {
        request = request.index(&Index::named(index.clone(), schema(key)));
    }
    match &args.filter_expression {
        Some(filter) => request = request.filter(placeholders.raw(filter)),
        None => placeholders.for_none()?,
    }
    let paths = args.projection.iter().map(|text| path("--projection", text));
    let paths: Vec<Path> = paths.collect::<Result<_, _>>()?;
    if !paths.is_empty() {
        request = request.project(paths);
    }
    if let Some(limit) = args.limit {
        request = request.limit(limit.get());
    }
    if let Some(size) = args.page_size {
        request = request.page_size(size);
    }
    Ok(if args.consistent { request.consistent() } else { request })
}

/// What was printed, and what it cost.
#[derive(Default)]
struct Printed {
    items: u64,
    scanned: u64,
    pages: u64,
    consumed: f64,
}

/// Prints pages as they come. Holds one of each segment.
async fn print(
    context: &Context,
    command: &str,
    table: &str,
    args: &PageArgs,
    pages: Pages,
) -> Result<Exit, Failure> {
    let mut printed = Printed::default();
    let control = context.watched_printing(command, true);
    let result = printed.print(&control, args, pages).await;
    drop(control);
    let Printed { items, scanned, pages, consumed } = printed;
    let (many, looked) = (count(items), count(scanned));
    let text = format!("{many} items of {looked} that were read, for {consumed} read units");
    if let Err(failure) = result {
        // Whoever interrupts, or loses the connection, has these lines.
        context.output.notice(&text);
        return Err(failure);
    }
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": format!("table {command}"),
            "table": table,
            "index": args.index,
            "items": items,
            "scanned": scanned,
            "pages": pages,
            "consumed_capacity_units": consumed,
        });
        context.output.json(&object, true)?;
    } else {
        context.output.summary(&text);
    }
    Ok(DONE)
}

impl Printed {
    async fn print(
        &mut self,
        control: &Control,
        args: &PageArgs,
        mut pages: Pages,
    ) -> Result<(), Failure> {
        loop {
            let page = control.run(pages.next()).await;
            let page = page.map_err(|_| Failure::other("interrupted"))?;
            let Some(page) = page.transpose()? else { return Ok(()) };
            let (mut lines, mut items) = (Vec::new(), 0);
            for item in page.items {
                args.format.format.write_line(item?, &mut lines);
                items += 1;
            }
            self.pages += 1;
            self.scanned += page.scanned_count;
            self.consumed += page.consumed.get();
            // `| head` has seen enough.
            if !lines.is_empty() && !Output::lines(&lines)? {
                return Ok(());
            }
            self.items += items;
            control.emit(&ProgressEvent::Consumed(page.consumed));
            control.emit(&ProgressEvent::Advanced { items, bytes: lines.len() as u64 });
        }
    }
}
