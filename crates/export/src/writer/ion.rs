//! Lines of Amazon Ion from lines of `DynamoDB` JSON.

use crate::{ExportError, ExportErrorKind, LineBatch};
use bytes::Bytes;
use ddbkit_codec::Tape;

/// Makes one Ion value a line of each item, as exports have them: `$ion_1_0 {Item:{...}}`.
#[derive(Debug, Default)]
pub(super) struct IonLines {
    tape: Tape,
    /// Lines so far, for errors.
    lines: u64,
}

impl IonLines {
    /// The items of whole lines. Blank lines are left out.
    pub(super) fn convert(&mut self, lines: Bytes, object: &str) -> Result<Bytes, ExportError> {
        let mut out = Vec::with_capacity(lines.len());
        let refused = Vec::new();
        let batch = LineBatch { bytes: lines, first_line: self.lines + 1, lines: 0, refused };
        for (number, line) in batch.iter() {
            self.lines = number;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let item = self.tape.read_export_line(line).map_err(|error| {
                ExportError::new(ExportErrorKind::InvalidLines, object)
                    .at_line(number)
                    .detail("it is no item")
                    .caused_by(error)
            })?;
            item.write_ion_text(&mut out);
        }
        Ok(out.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_become_values_and_bad_lines_are_named() {
        let mut ion = IonLines::default();
        let lines = "{\"Item\":{\"id\":{\"N\":\"600\"}}}\n\n{\"Item\":{\"s\":{\"SS\":[\"x\"]}}}\n";
        let text = ion.convert(lines.into(), "f").unwrap();
        assert_eq!(text, "$ion_1_0 {Item:{id:6d2}}\n$ion_1_0 {Item:{s:$dynamodb_SS::[\"x\"]}}\n");
        let error = ion.convert("{\"Item\":{}}\nnonsense\n".into(), "f").unwrap_err();
        assert_eq!(error.line(), Some(5));
        assert_eq!(*error.kind(), ExportErrorKind::InvalidLines);
    }
}
