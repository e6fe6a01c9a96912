//! `ddbkit demo`: the whole toolkit as a play in acts, on servers inside the program.

mod acts;
mod archive;
mod items;
mod large;
mod native;
mod stage;

use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, duration};
use serde_json::json;
use stage::Stage;
use std::path::PathBuf;
use std::time::Instant;

pub(crate) async fn run(context: &Context, keep: Option<PathBuf>) -> Result<Exit, Failure> {
    let started = Instant::now();
    // One object is all that standard output has in JSON.
    let is_json = context.output.is_json();
    let say = |line: &str| if is_json { Ok(()) } else { Output::data(&format!("{line}\n")) };
    let stage = Stage::set(context, keep).await?;
    say("ddbkit demo: DynamoDB and S3 inside this program, nothing outside of it")?;
    say("")?;
    let mut played = Vec::new();
    for (number, act) in (1..).zip(acts::ALL) {
        let (result, elapsed) = act.play(&stage).await?;
        say(&row(number, act.title(), &result, &duration(elapsed)))?;
        let commands = act.command(&stage);
        for line in &commands {
            say(&format!("   $ {line}"))?;
        }
        played.push(json!({
            "title": act.title(),
            "result": result,
            "seconds": elapsed.as_secs_f64(),
            "commands": commands,
        }));
        context.control.check().map_err(|_| Failure::other("interrupted"))?;
    }
    say("")?;
    say(&format!("All of it in {}. The dump is yours to look at:", duration(started.elapsed())))?;
    let kept = stage.folder().display();
    for command in ["info", "verify"] {
        say(&format!("   $ ddbkit {command} {kept}"))?;
    }
    if is_json {
        let object = json!({
            "version": 1,
            "command": "demo",
            "dump": stage.folder(),
            "seconds": started.elapsed().as_secs_f64(),
            "acts": played,
        });
        context.output.json(&object, false)?;
    }
    Ok(DONE)
}

/// One line of at most 90 columns.
fn row(number: u32, title: &str, result: &str, time: &str) -> String {
    format!("{number}. {title:<39} {result:<38} {time:>8}")
}
