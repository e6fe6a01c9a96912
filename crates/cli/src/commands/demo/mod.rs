//! `ddbkit demo`: the whole toolkit as a play in acts, on servers inside the program.

mod acts;
mod items;
mod stage;

use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, duration};
use stage::Stage;
use std::path::PathBuf;
use std::time::Instant;

pub(crate) async fn run(context: &Context, keep: Option<PathBuf>) -> Result<Exit, Failure> {
    let started = Instant::now();
    let stage = Stage::set(context, keep).await?;
    say("ddbkit demo: DynamoDB and S3 inside this program, nothing outside of it")?;
    say("")?;
    let mut number = 0;
    for act in acts::ALL {
        number += 1;
        let result = act.play(&stage).await?;
        say(&format!("{number}. {:<44} {}", act.title(), result))?;
        for line in act.command(&stage) {
            say(&format!("   $ {line}"))?;
        }
        context.control.check().map_err(|_| Failure::other("interrupted"))?;
    }
    say("")?;
    say(&format!("All of it in {}. The dump is yours to look at:", duration(started.elapsed())))?;
    let kept = stage.folder().display();
    for command in ["info", "verify"] {
        say(&format!("   $ ddbkit {command} {kept}"))?;
    }
    Ok(DONE)
}

fn say(line: &str) -> Result<(), Failure> {
    Ok(Output::data(&format!("{line}\n"))?)
}
