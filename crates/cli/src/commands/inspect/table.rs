//! A profile of a table, by the scan that a dump makes.

use crate::args::InspectArgs;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::hints;
use crate::key_names;
use ddbkit::flow::Control;
use ddbkit::inspect::{KeyNames, Profile, ProfileOptions, Source, SourceKind, profile_lines};
use ddbkit::transfer::{Dump, Selection};
use std::path::Path;
use std::time::SystemTime;

pub(super) async fn profile(
    context: &Context,
    args: &InspectArgs,
    mut options: ProfileOptions,
    control: &Control,
) -> Result<Profile, Failure> {
    let (table, index) = (&args.source, args.index_name.as_deref());
    let aws = Aws::load(&context.global).await?;
    let client = aws.dynamodb();
    let described = key_names::described(&client, table, index).await;
    let (hash, range) = described.map_err(|failure| {
        if Path::new(table).exists() {
            return failure
                .with_hint("to look at the file or directory of this name, write ./ before it");
        }
        failure.with_hint(hints::NAME)
    })?;
    if args.key.is_none() {
        options = options.keys(KeyNames { hash, range });
    }
    let mut scan = Dump::builder(client, table)
        .workers(args.workers)
        .read_capacity(args.read_capacity)
        .selection(Selection { index_name: args.index_name.clone(), ..Selection::default() });
    if let Some(segments) = args.segments {
        scan = scan.total_segments(segments);
    }
    if let Some(items) = args.sample {
        scan = scan.limit(items.get());
    }
    let name = index.map_or_else(|| table.clone(), |index| format!("{table}/index/{index}"));
    context.output.notice(&format!("Scanning {name} ({}): {} workers", aws.region(), args.workers));
    let mut source = Source::new(&name, SourceKind::Table);
    source.taken_at = crate::output::time(SystemTime::now());
    source.region = Some(aws.region().to_owned());
    // The lines are counted on a thread of their own, while the next pages come. Progress is told by the
    // scan.
    let (lines, to_lines) = std::io::pipe()?;
    let counting = tokio::task::spawn_blocking(move || {
        profile_lines(lines, &name, &options, None, &Control::new())
    });
    let scanned = scan.build().to_writer(to_lines, control).await;
    // An item that cannot be counted comes first: it is what closed the pipe.
    let profiler = counting.await.map_err(|error| Failure::other(error.to_string()))??;
    source.sampled = scanned?.limited;
    Ok(profiler.finish(source))
}
