//! `--set a=1 --remove b --add n=1 --delete tags=...` as an update.

use super::expressions::path;
use crate::args::table::{ItemFormat, UpdateArgs};
use crate::error::Failure;
use ddbkit::codec::AttributeValue;
use ddbkit::table::Update;

/// The changes of the options, without the expression.
pub(super) fn update(args: &UpdateArgs) -> Result<Update, Failure> {
    let format = args.format.format;
    let mut update = Update::new();
    for (name, text) in &args.set {
        update = update.set(path("--set", name)?, value("--set", name, text, format)?);
    }
    for name in &args.remove {
        update = update.remove(path("--remove", name)?);
    }
    for (name, text) in &args.add {
        update = update.add(path("--add", name)?, value("--add", name, text, format)?);
    }
    for (name, text) in &args.delete {
        update = update.delete(path("--delete", name)?, value("--delete", name, text, format)?);
    }
    Ok(update)
}

/// JSON where it can be read as JSON, a string otherwise. What begins like an object, a list or a
/// string in quotes is meant as JSON.
fn value(
    option: &str,
    name: &str,
    text: &str,
    format: ItemFormat,
) -> Result<AttributeValue, Failure> {
    match format.decode_value(text.as_bytes()) {
        Ok(value) => Ok(value),
        Err(error) if text.trim_start().starts_with(['{', '[', '"']) => {
            Err(format.refused(&format!("the value of {option} {name}"), &error))
        }
        Err(_) => Ok(AttributeValue::S(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_or_else_text() {
        let of = |text| value("--set", "a", text, ItemFormat::Json);
        assert_eq!(of("1.50").unwrap(), AttributeValue::N("1.50".parse().unwrap()));
        assert_eq!(of("true").unwrap(), AttributeValue::Bool(true));
        assert_eq!(of("null").unwrap(), AttributeValue::Null);
        for (text, string) in [("one", "one"), ("", ""), ("\"1\"", "1"), ("1 or 2", "1 or 2")] {
            assert_eq!(of(text).unwrap(), AttributeValue::S(string.to_owned()), "{text}");
        }
        let sets = of(r#"{"$numberSet":[1,2]}"#).unwrap();
        assert!(matches!(sets, AttributeValue::Ns(_)));
        for wrong in ["{\"a\":", "[1,", "\"x"] {
            let error = of(wrong).unwrap_err().to_string();
            assert!(error.contains("--set a") && error.contains("byte"), "{error}");
        }
    }
}
