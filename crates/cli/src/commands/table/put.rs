//! `ddbkit table put`.

use super::answer;
use super::expressions::Placeholders;
use super::input::{Input, Text};
use super::target::Target;
use crate::args::table::{OldArg, PutArgs};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, count};
use ddbkit::codec::{AttributeValue, Item};
use ddbkit::table::{TableError, TableErrorKind};
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) async fn run(context: &Context, args: PutArgs) -> Result<Exit, Failure> {
    let placeholders = Placeholders::parse(&args.expressions, args.format)?;
    if args.condition_expression.is_none() {
        placeholders.for_none()?;
    }
    let input = Input::open(&args.item)?;
    let target = Target::open(context, &args.table).await?;
    let expires = match args.ttl {
        Some(after) => Some((ttl_attribute(context, &target, &args.table).await?, after)),
        None => None,
    };
    let mut put =
        Put { context, args: &args, placeholders, target, expires, done: Done::default() };
    let result = match input {
        Input::Argument(text) => put.one(text.as_bytes()).await,
        Input::Lines(mut texts) => loop {
            let text = context.control.run(texts.recv()).await;
            match text.map_err(|_| Failure::other("interrupted")) {
                Err(failure) | Ok(Some(Err(failure))) => break Err(failure),
                Ok(None) => break Ok(()),
                Ok(Some(Ok(text))) => {
                    if let Err(failure) = put.line(text).await {
                        break Err(failure);
                    }
                }
            }
        },
    };
    put.done.report(context, &args, result.is_err())?;
    result?;
    Ok(if put.done.rejected == 0 { DONE } else { PARTLY })
}

/// The attribute that `--ttl` sets.
async fn ttl_attribute(context: &Context, target: &Target, table: &str) -> Result<String, Failure> {
    let ttl = answer(context, target.admin.time_to_live(table)).await?;
    let attribute = ttl.attribute().map(ToOwned::to_owned);
    attribute.ok_or_else(|| {
        Failure::usage(format!("--ttl: time to live of table {table} is off"))
            .with_hint("`ddbkit table ttl TABLE --enable ATTRIBUTE` switches it on")
    })
}

/// What is written, and what became of it.
struct Put<'a> {
    context: &'a Context,
    args: &'a PutArgs,
    placeholders: Placeholders,
    target: Target,
    expires: Option<(String, Duration)>,
    done: Done,
}

#[derive(Default)]
struct Done {
    written: u64,
    rejected: u64,
    printed: bool,
    consumed: f64,
}

impl Put<'_> {
    /// Writes the item of the command line, or fails.
    async fn one(&mut self, text: &[u8]) -> Result<(), Failure> {
        let item = self.args.format.format.item("--item", text)?;
        let written = self.write(item).await?;
        Ok(written?)
    }

    /// Writes the item of a line. One that is none, or that is refused, does not stop the others; a
    /// failure that the next one would meet too does.
    async fn line(&mut self, text: Text) -> Result<(), Failure> {
        let reason = match self.args.format.format.decode_item(&text.bytes) {
            Err(error) => error.to_string(),
            Ok(item) => match self.write(item).await? {
                Ok(()) => return Ok(()),
                Err(error) if is_of_the_item(error.kind()) => error.to_string(),
                Err(error) => return Err(error.into()),
            },
        };
        self.done.rejected += 1;
        self.context.output.notice(&format!("line {}: {reason}", text.line));
        Ok(())
    }

    async fn write(&mut self, mut item: Item) -> Result<Result<(), TableError>, Failure> {
        if let Some((attribute, after)) = &self.expires {
            item.insert(attribute.as_str(), AttributeValue::N(in_seconds(*after).into()));
        }
        let mut request = self.target.table.put(&item);
        if let Some(condition) = &self.args.condition_expression {
            request = request.condition(self.placeholders.raw(condition));
        }
        if self.args.return_values == OldArg::AllOld {
            request = request.return_old();
        }
        let sent = answer(self.context, async { Ok::<_, Failure>(request.send().await) }).await?;
        let outcome = match sent {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Err(error)),
        };
        self.done.written += 1;
        self.done.consumed += outcome.consumed.get();
        if let Some(old) = outcome.item {
            self.done.printed = true;
            Output::lines(&self.args.format.format.line(old))?;
        }
        Ok(Ok(()))
    }
}

/// The time after so long, in whole seconds since 1970: never earlier than was asked for.
fn in_seconds(after: Duration) -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + after;
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Whether the error says something of the item alone.
fn is_of_the_item(kind: TableErrorKind) -> bool {
    use TableErrorKind as Kind;
    matches!(
        kind,
        Kind::ConditionFailed | Kind::Ambiguous | Kind::Encode | Kind::InvalidInput | Kind::Service
    )
}

impl Done {
    fn report(&self, context: &Context, args: &PutArgs, failed: bool) -> Result<(), Failure> {
        // What was written before the failure is told; that nothing was needs no words.
        if failed && self.written == 0 && self.rejected == 0 {
            return Ok(());
        }
        let (written, rejected) = (count(self.written), count(self.rejected));
        let text = match self.rejected {
            0 => format!("Wrote {written} items to table {}", args.table),
            _ => format!(
                "Wrote {written} items to table {}, and {rejected} were rejected",
                args.table
            ),
        };
        if failed {
            context.output.notice(&text);
        } else if context.output.is_json() {
            let object = json!({
                "version": 1,
                "command": "table put",
                "table": args.table,
                "written": self.written,
                "rejected": self.rejected,
                "consumed_capacity_units": self.consumed,
            });
            context.output.json(&object, self.printed)?;
        } else {
            context.output.summary(&text);
        }
        Ok(())
    }
}
