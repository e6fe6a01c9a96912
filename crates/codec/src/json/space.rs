//! White space of JSON, which is less than that of ASCII: a form feed is none.

use super::fast::skip_space;

/// The bytes from the first that is no white space.
pub(crate) fn without_space_before(bytes: &[u8]) -> &[u8] {
    bytes.get(skip_space(bytes, 0)..).unwrap_or_default()
}

/// The bytes up to the last that is no white space.
pub(crate) fn without_space_behind(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_feed_is_no_space() {
        assert_eq!(without_space_before(b" \t\r\n\x0c{} "), b"\x0c{} ");
        assert_eq!(without_space_behind(b" {}\x0c \t\r\n"), b" {}\x0c");
        assert_eq!(without_space_before(b"  "), b"");
        assert_eq!(without_space_behind(b"  "), b"");
    }
}
