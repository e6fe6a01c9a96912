//! Gives a table the settings that it gets when its data is in.

use crate::raw::Session;
use crate::settings::capture;
use crate::settings::compare::{differs_from_creation, has};
use crate::settings::step::run;
use crate::table::wait_until_active;
use crate::{NotApplied, TransferError, TransferErrorKind};
use aws_sdk_applicationautoscaling::Client as Scaling;
use ddbkit_export::TableDescriptor;
use ddbkit_flow::Looks;
use std::time::Duration;

/// How long a setting may wait for the one before it: DynamoDB changes one thing at a time.
const WITHIN: Duration = Duration::from_mins(5);

/// What became of the settings.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The names of those that the table has now.
    pub(crate) applied: Vec<String>,
    pub(crate) not_applied: Vec<NotApplied>,
}

impl Outcome {
    fn refused(&mut self, setting: &str, reason: impl Into<String>) {
        self.not_applied.push(NotApplied { setting: setting.to_owned(), reason: reason.into() });
    }
}

/// Applies what is not set when a table is created, and compares the rest with what was asked for.
///
/// What the table has already is left alone, so that this may run again after a kill. What the
/// server refuses is listed, because the data is more than the settings.
///
/// # Errors
/// When the work is cancelled, or for an error that passes (credentials, connection, throttles):
/// the same load goes on.
pub(crate) async fn apply(
    session: &Session,
    wanted: &TableDescriptor,
    scaling: Option<&Scaling>,
) -> Result<Outcome, TransferError> {
    let mut outcome = Outcome::default();
    let table = wait_until_active(session).await?;
    let found = capture(session, &table, scaling).await?;
    for (setting, reason) in differs_from_creation(wanted, &found) {
        outcome.refused(setting, reason);
    }
    for setting in &wanted.not_covered {
        outcome.refused(setting, "it is no part of creating a table");
    }
    for step in wanted.after_creation() {
        let name = step.name();
        if has(&found, &step) {
            outcome.applied.push(name.to_owned());
            continue;
        }
        let run = || Box::pin(run(session, &table, wanted, &step, scaling));
        match patiently(session, name, run).await {
            Ok(()) => outcome.applied.push(name.to_owned()),
            Err(error) if passes(error.kind()) => return Err(error),
            Err(error) => outcome.refused(name, error.to_string()),
        }
    }
    outcome.applied.dedup();
    Ok(outcome)
}

/// Whether the error says nothing about the setting.
fn passes(kind: TransferErrorKind) -> bool {
    use TransferErrorKind as Kind;
    matches!(kind, Kind::Interrupted | Kind::Credentials | Kind::Connection | Kind::Throttled)
}

/// Tries again while the table is busy with another change.
async fn patiently<F>(
    session: &Session,
    setting: &str,
    run: impl Fn() -> F,
) -> Result<(), TransferError>
where
    F: Future<Output = Result<(), TransferError>>,
{
    let mut looks = Looks::new(session.control());
    loop {
        let Err(error) = session.control().run(run()).await? else { return Ok(()) };
        let is_busy = error.code().is_some_and(|code| {
            ["ResourceInUseException", "LimitExceededException"].contains(&code)
                // Backups of a new table begin some time after it is active.
                || code == "ContinuousBackupsUnavailableException"
        });
        if !is_busy || looks.elapsed() > WITHIN {
            return Err(error);
        }
        looks.wait_for(format!("{setting} of table {}: {error}", session.table)).await?;
    }
}
