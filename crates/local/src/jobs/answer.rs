//! Answers in the form of the service.

use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A call that is refused, always with status 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refused {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// What the service can do and this server cannot.
    pub(super) fn unsupported(what: &str) -> Self {
        Self::validation(format!("not supported by this local server: {what}"))
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> String {
        // As in the service, whose own errors have another namespace than those of validation.
        let namespace = match self.code.as_str() {
            "ValidationException" => "com.amazon.coral.validate",
            _ => "com.amazonaws.dynamodb.v20120810",
        };
        json!({"__type": format!("{namespace}#{}", self.code), "message": self.message}).to_string()
    }
}

/// A text of a request; none when it is missing or empty.
pub(super) fn member<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    request.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A text that a request must have.
pub(super) fn required<'a>(request: &'a Value, name: &str) -> Result<&'a str, Refused> {
    member(request, name).ok_or_else(|| {
        Refused::validation(format!(
            "1 validation error detected: {name} must not be null or empty"
        ))
    })
}

/// A time of a request: seconds since 1970, perhaps with a fraction.
pub(super) fn time(request: &Value, name: &str) -> Option<SystemTime> {
    let seconds = request.get(name)?.as_f64()?;
    Duration::try_from_secs_f64(seconds).ok().and_then(|since| UNIX_EPOCH.checked_add(since))
}

/// A time of an answer: seconds since 1970, exact to the millisecond.
pub(super) fn seconds(time: SystemTime) -> Value {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "seconds fit for millions of years")]
    let seconds = since.as_secs() as f64 + f64::from(since.subsec_millis()) / 1000.0;
    json!(seconds)
}
