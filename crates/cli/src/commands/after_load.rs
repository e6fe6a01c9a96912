//! What a load does when its items are written: mirror and verification.

use crate::args::LoadArgs;
use crate::commands::{Context, mirror, verify};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::Output;
use aws_sdk_dynamodb::Client;
use ddbkit::export::ExportReader;
use ddbkit::transfer::{CompareOptions, Comparison, ExtraReport, LoadReport};
use serde_json::Value;

/// What came out; `None` for what was not asked for or not done.
#[derive(Default)]
pub(crate) struct After {
    extra: Option<ExtraReport>,
    comparison: Option<Comparison>,
}

impl After {
    /// Does what was asked for, in order.
    pub(crate) async fn load(
        &mut self,
        context: &Context,
        client: &Client,
        args: &LoadArgs,
        report: &LoadReport,
        reader: &ExportReader,
    ) -> Result<(), Failure> {
        let output = &context.output;
        if args.delete_extra && report.rejected + report.rejected_earlier.lines > 0 {
            output.notice("Nothing was deleted, because items were rejected");
        } else if args.delete_extra {
            let extra = mirror::run(context, client, args, &report.table, reader.clone()).await?;
            output.summary(&mirror::text(&extra, false));
            self.extra = Some(extra);
        }
        if args.verify {
            // What else a table has is no fault of a load, where it was not empty before.
            let contains = !args.create_table && self.extra.is_none();
            let options =
                CompareOptions { contains, workers: args.workers, ..CompareOptions::default() };
            let comparison =
                verify::compare(context, client, &report.table, reader.clone(), options).await?;
            if !output.is_json() {
                Output::data(&verify::comparison_text(&comparison, &report.table))?;
            }
            self.comparison = Some(comparison);
        }
        Ok(())
    }

    /// Adds what came out to the object of the command.
    pub(crate) fn add_to(&self, object: &mut Value) {
        if let Some(object) = object.as_object_mut() {
            let extra = self.extra.as_ref().map(mirror::to_json);
            object.insert("extra".to_owned(), extra.into());
            let comparison = self.comparison.as_ref().map(verify::comparison_json);
            object.insert("comparison".to_owned(), comparison.into());
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        let differs = self.comparison.as_ref().is_some_and(|comparison| !comparison.equal);
        if differs { PARTLY } else { DONE }
    }
}
