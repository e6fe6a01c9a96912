//! `ImportTable`, `DescribeImport`, `ListImports`.

mod objects;
mod request;
mod run;

use super::answer::{member, required, seconds};
use super::tokens::Tokens;
use super::{Jobs, Refused};
use ddbkit_export::ExportId;
use request::ImportRequest;
use serde_json::{Value, json};
use std::time::SystemTime;

/// The imports of a server, in the order of their starts.
#[derive(Default)]
pub(super) struct Imports {
    records: Vec<Import>,
    tokens: Tokens,
}

/// One import.
struct Import {
    arn: String,
    request: Value,
    table: String,
    table_arn: String,
    table_id: String,
    started: SystemTime,
    end: Option<(SystemTime, Outcome)>,
}

/// How an import ended.
#[derive(Default)]
struct Outcome {
    failure: Option<(&'static str, String)>,
    /// Bytes of all objects, decompressed.
    bytes: u64,
    imported: u64,
    errors: u64,
    /// The lines of its log.
    log: Vec<String>,
}

impl Imports {
    pub(super) fn is_importing(&self, table_arn: &str) -> bool {
        let mut records = self.records.iter();
        records.any(|record| record.end.is_none() && record.table_arn == table_arn)
    }

    pub(super) fn log(&self, arn: &str) -> Vec<String> {
        let found = self.records.iter().find(|record| record.arn == arn);
        let end = found.and_then(|record| record.end.as_ref());
        end.map(|(_, outcome)| outcome.log.clone()).unwrap_or_default()
    }
}

impl Import {
    fn status(&self) -> &'static str {
        match &self.end {
            None => "IN_PROGRESS",
            Some((_, outcome)) if outcome.failure.is_some() => "FAILED",
            Some(_) => "COMPLETED",
        }
    }

    /// The members that a list has too.
    fn summary(&self) -> Value {
        let mut summary = json!({
            "ImportArn": self.arn,
            "ImportStatus": self.status(),
            "TableArn": self.table_arn,
            "CloudWatchLogGroupArn":
                "arn:aws:logs:us-east-1:000000000000:log-group:/aws-dynamodb/imports:*",
            "StartTime": seconds(self.started),
        });
        for name in ["S3BucketSource", "InputFormat"] {
            summary[name] = self.request.get(name).cloned().unwrap_or_default();
        }
        if let Some((ended, _)) = &self.end {
            summary["EndTime"] = seconds(*ended);
        }
        summary
    }

    /// `ImportTableDescription`. Counts are 0 until the end.
    fn description(&self) -> Value {
        let mut description = self.summary();
        description["TableId"] = self.table_id.as_str().into();
        for name in ["ClientToken", "InputFormatOptions", "TableCreationParameters"] {
            if let Some(value) = self.request.get(name).filter(|value| !value.is_null()) {
                description[name] = value.clone();
            }
        }
        description["InputCompressionType"] =
            member(&self.request, "InputCompressionType").unwrap_or("NONE").into();
        let outcome = Outcome::default();
        let outcome = self.end.as_ref().map_or(&outcome, |(_, outcome)| outcome);
        description["ProcessedSizeBytes"] = outcome.bytes.into();
        description["ProcessedItemCount"] = (outcome.imported + outcome.errors).into();
        description["ImportedItemCount"] = outcome.imported.into();
        description["ErrorCount"] = outcome.errors.into();
        if let Some((code, message)) = &outcome.failure {
            description["FailureCode"] = (*code).into();
            description["FailureMessage"] = message.as_str().into();
        }
        description
    }
}

pub(super) async fn start(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let now = jobs.now();
    let checked = ImportRequest::check(request)?;
    let token = member(request, "ClientToken");
    if let Some(answer) = again(&jobs.lock().imports, token, &checked.table, now) {
        return answer;
    }
    // The database checks the parameters, and that there is no such table.
    let created = jobs.upstream().call("CreateTable", &checked.create_table).await?;
    let created: Value = serde_json::from_slice(&created).unwrap_or_default();
    let text = |name: &str| {
        let member = created.pointer(&format!("/TableDescription/{name}"));
        member.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let id = ExportId::generate(now, fastrand::u32(..));
    let table_arn = text("TableArn");
    let import = Import {
        arn: format!("{table_arn}/import/{id}"),
        request: request.clone(),
        table: checked.table.clone(),
        table_arn,
        table_id: text("TableId"),
        started: id.start_time(),
        end: None,
    };
    let answer = json!({"ImportTableDescription": import.description()});
    let arn = import.arn.clone();
    {
        let imports = &mut jobs.lock().imports;
        if let Some(token) = token {
            imports.tokens.remember(token.to_owned(), arn.clone(), now);
        }
        imports.records.push(import);
    }
    let jobs = jobs.clone();
    tokio::spawn(async move {
        let outcome = run::run(&jobs, &arn, id.start_time(), &checked).await;
        let now = jobs.now();
        let imports = &mut jobs.lock().imports;
        if let Some(import) = imports.records.iter_mut().find(|record| record.arn == arn) {
            import.end = Some((now, outcome));
        }
    });
    Ok(answer)
}

/// What a token that was used before gives. The service compares the name of the table alone; other
/// parameters that differ give the first import all the same. An import that has ended is started
/// once more, and then finds its table there.
fn again(
    imports: &Imports,
    token: Option<&str>,
    table: &str,
    now: SystemTime,
) -> Option<Result<Value, Refused>> {
    let arn = imports.tokens.job(token?, now)?;
    let first = imports.records.iter().find(|record| record.arn == arn)?;
    if first.table != table {
        let message = "A request with the same client token and another table was made";
        return Some(Err(Refused::new("ImportConflictException", message)));
    }
    let is_running = first.end.is_none();
    is_running.then(|| Ok(json!({"ImportTableDescription": first.description()})))
}

pub(super) fn describe(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let arn = required(request, "ImportArn")?;
    let imports = &jobs.lock().imports;
    let found = imports.records.iter().find(|record| record.arn == arn).ok_or_else(|| {
        Refused::new("ImportNotFoundException", format!("Import not found: {arn}"))
    })?;
    Ok(json!({"ImportTableDescription": found.description()}))
}

pub(super) fn list(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let table = member(request, "TableArn");
    let imports = &jobs.lock().imports;
    let records = imports.records.iter();
    let of_table = records.filter(|record| table.is_none_or(|arn| record.table_arn == arn));
    let (page, next) = super::page(of_table, |record| &record.arn, request, "PageSize")?;
    let summaries: Vec<Value> = page.iter().map(|record| record.summary()).collect();
    let mut answer = json!({"ImportSummaryList": summaries});
    if let Some(next) = next {
        answer["NextToken"] = next;
    }
    Ok(answer)
}
