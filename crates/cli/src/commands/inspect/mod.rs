//! `ddbkit inspect`.

mod page;
mod table;
mod text;

use crate::args::InspectArgs;
use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::key_names;
use crate::output::Output;
use ddbkit::flow::{Control, ProgressEvent};
use ddbkit::inspect::{
    InspectError, KeyNames, Prices, Profile, ProfileOptions, Source, SourceKind, profile_export,
    profile_lines,
};
use ddbkit::store::Location;
use page::Page;
use serde_json::{Value, json};

pub(crate) async fn run(context: &Context, args: InspectArgs) -> Result<Exit, Failure> {
    let (output, options) = (&context.output, options(&args)?);
    let page = args.html.as_deref().map(Page::create).transpose()?;
    let control = context.watched("inspect");
    let profile = match args.source.as_str() {
        "-" => lines(&args, options, &control).await?,
        name if is_table(name) => table::profile(context, &args, options, &control).await?,
        name => place(context, name, &args, &options, &control).await?,
    };
    drop(control);
    if let (Some(page), Some(path)) = (page, &args.html) {
        page.write(&profile)?;
        output.notice(&format!("Wrote {}", path.display()));
    }
    if output.is_json() {
        output.json(&to_json(&profile)?, false)?;
    } else {
        Output::data(&text::summary(&profile))?;
    }
    Ok(DONE)
}

/// A place has a slash in its name, which no table has. An ARN names a table, too.
fn is_table(name: &str) -> bool {
    let is_dots = name.bytes().all(|byte| byte == b'.');
    name.starts_with("arn:") || !(is_dots || name.contains(['/', '\\']))
}

fn options(args: &InspectArgs) -> Result<ProfileOptions, Failure> {
    let mut prices = Prices::default();
    for (name, dollars) in &args.price {
        prices.set(name, *dollars)?;
    }
    let mut options = ProfileOptions::default().hide_keys(args.no_keys).prices(prices);
    if let Some(names) = &args.key {
        let (hash, range) = key_names::parsed(names)?;
        options = options.keys(KeyNames { hash, range });
    }
    Ok(match args.offload_above {
        Some(bytes) => options.offload_above(bytes.get()),
        None => options,
    })
}

async fn lines(
    args: &InspectArgs,
    options: ProfileOptions,
    control: &Control,
) -> Result<Profile, Failure> {
    let (sample, inside) = (args.sample.map(Into::into), control.clone());
    control.emit(&ProgressEvent::Started { items: sample, bytes: None });
    let work = move || {
        let profiler = profile_lines(std::io::stdin(), "-", &options, sample, &inside)?;
        inside.emit(&ProgressEvent::Finished);
        let mut source = Source::new("-", SourceKind::Lines);
        source.sampled = sample == Some(profiler.items());
        Ok(profiler.finish(source))
    };
    // A read that waits for input does not see a cancel.
    let counted = control.run(tokio::task::spawn_blocking(work)).await;
    let counted = counted.map_err(InspectError::from)?;
    counted.map_err(|error| Failure::other(error.to_string()))?
}

async fn place(
    context: &Context,
    name: &str,
    args: &InspectArgs,
    options: &ProfileOptions,
    control: &Control,
) -> Result<Profile, Failure> {
    let location: Location = name.parse()?;
    let reader = config::export(&location, &context.global).await?;
    let sample = args.sample.map(Into::into);
    let profile = profile_export(&reader, options, sample, args.workers, control).await?;
    if profile.keys.is_none() {
        context.output.notice(
            "The key is not known, as native exports do not tell it: --key HASH[,RANGE] adds the \
             distribution of keys",
        );
    }
    Ok(profile)
}

fn to_json(profile: &Profile) -> Result<Value, Failure> {
    let numbers =
        serde_json::to_value(profile).map_err(|error| Failure::other(error.to_string()))?;
    let mut object = json!({"version": 1, "command": "inspect"});
    if let (Some(object), Value::Object(numbers)) = (object.as_object_mut(), numbers) {
        object.extend(numbers);
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_makes_a_place() {
        for name in ["Orders", "my.table-2", "arn:aws:dynamodb:eu-west-1:1234:table/Orders"] {
            assert!(is_table(name), "{name}");
        }
        for name in ["./Orders", "s3://bucket", "backups/orders", ".", "..", "/data"] {
            assert!(!is_table(name), "{name}");
        }
    }
}
