//! The items of one Scan answer, as the bytes that came.

use crate::raw::answered::answered;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use ddbkit_codec::{ContentDigest, Item, RawItem, Tape};
use ddbkit_flow::CapacityUnits;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

const ITEMS: &[u8] = b"\"Items\":[";

/// Travels with a request into the HTTP client and comes back with the items of the answer.
#[derive(Clone, Default, Debug)]
pub(crate) struct PageSlot(Arc<Mutex<Option<Page>>>);

impl PageSlot {
    pub(crate) fn fill(&self, page: Page) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// The page of an answer: what was cut out of it, else what the SDK decoded; as many items as it
    /// says that it has.
    pub(crate) fn page(
        &self,
        decoded: Vec<HashMap<String, AttributeValue>>,
        told: i32,
    ) -> Result<Page, TransferError> {
        let cut = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let page = cut.map_or_else(|| Page::from_items(decoded), Ok)?;
        if page.items() == u64::try_from(told).unwrap_or_default() {
            return Ok(page);
        }
        let found = page.items();
        let message = format!("a page holds {found} items but says that it holds {told}");
        Err(TransferError::new(TransferErrorKind::Connection, message))
    }
}

/// One page of a Scan.
#[derive(Debug, Default)]
pub(crate) struct Page {
    body: Bytes,
    /// Where the items lie in the body.
    ranges: Vec<Range<usize>>,
    /// Items that were evaluated, before the filter.
    pub(crate) scanned: u64,
    pub(crate) consumed: CapacityUnits,
    pub(crate) last_evaluated_key: Option<HashMap<String, AttributeValue>>,
}

impl Page {
    /// A page from decoded items, for servers whose answers cannot be cut.
    fn from_items(items: Vec<HashMap<String, AttributeValue>>) -> Result<Self, TransferError> {
        let (mut body, mut ranges) = (Vec::new(), Vec::with_capacity(items.len()));
        for item in items {
            let start = body.len();
            answered(item)?.write_dynamodb_json(&mut body);
            ranges.push(start..body.len());
        }
        Ok(Self { body: body.into(), ranges, ..Self::default() })
    }

    /// With what an answer says beside its items.
    pub(crate) fn ending(
        self,
        scanned: i32,
        consumed: CapacityUnits,
        last_evaluated_key: Option<HashMap<String, AttributeValue>>,
    ) -> Self {
        let scanned = u64::try_from(scanned).unwrap_or_default();
        let last_evaluated_key = last_evaluated_key.filter(|key| !key.is_empty());
        Self { scanned, consumed, last_evaluated_key, ..self }
    }

    /// Bytes of the items as they came.
    pub(crate) fn bytes(&self) -> u64 {
        self.ranges.iter().map(|range| range.len() as u64).sum()
    }

    /// How many items the page holds.
    pub(crate) fn items(&self) -> u64 {
        self.ranges.len() as u64
    }

    /// The first `most` items, each as the bytes that came.
    pub(crate) fn raw_items(&self, most: usize) -> impl Iterator<Item = &[u8]> {
        self.ranges.iter().take(most).filter_map(|range| self.body.get(range.clone()))
    }

    /// The first `most` items as export lines.
    pub(crate) fn lines(&self, most: usize) -> Result<Bytes, TransferError> {
        let mut out = Vec::with_capacity(self.body.len() + 12 * self.ranges.len());
        for bytes in self.raw_items(most) {
            out.extend_from_slice(b"{\"Item\":");
            raw_item(bytes)?.write_escaped(&mut out);
            out.extend_from_slice(b"}\n");
        }
        Ok(out.into())
    }

    /// The first `most` items as export lines, the names of their attributes in order.
    pub(crate) fn sorted_lines(&self, most: usize) -> Result<Bytes, TransferError> {
        let mut out = Vec::with_capacity(self.body.len() + 12 * self.ranges.len());
        for bytes in self.raw_items(most) {
            out.extend_from_slice(b"{\"Item\":");
            raw_item(bytes)?.write_sorted(&mut out).map_err(damaged)?;
            out.extend_from_slice(b"}\n");
        }
        Ok(out.into())
    }

    /// Adds the first `most` items to a digest.
    pub(crate) fn add_to(
        &self,
        digest: &mut ContentDigest,
        most: usize,
    ) -> Result<(), TransferError> {
        let mut tape = Tape::new();
        for bytes in self.raw_items(most) {
            digest.add_ref(tape.read_dynamodb_json(bytes).map_err(damaged)?);
        }
        Ok(())
    }

    /// The first `most` items, decoded.
    pub(crate) fn decoded(&self, most: usize) -> impl Iterator<Item = Result<Item, TransferError>> {
        self.raw_items(most).map(|bytes| raw_item(bytes)?.decode().map_err(damaged))
    }
}

fn raw_item(bytes: &[u8]) -> Result<RawItem<'_>, TransferError> {
    RawItem::from_prefix(bytes).map(|(item, _)| item).map_err(damaged)
}

fn damaged(error: ddbkit_codec::DecodeError) -> TransferError {
    let message = "an item in the answer of DynamoDB cannot be decoded";
    TransferError::caused(TransferErrorKind::Service, message, error)
}

/// Cuts the items out of the body of an answer: a page of them, and the small rest for the SDK.
///
/// `None` when the body is not compact JSON as DynamoDB writes it; nothing is guessed then. The
/// pattern cannot match inside a string, where the quotes would be escaped.
pub(crate) fn split(body: &Bytes) -> Option<(Page, Bytes)> {
    let start = memchr::memmem::find(body, ITEMS)? + ITEMS.len();
    let mut at = start;
    let mut ranges = Vec::new();
    while body.get(at) == Some(&b'{') {
        let (item, _) = RawItem::from_prefix(body.get(at..)?).ok()?;
        let end = at + item.as_bytes().len();
        ranges.push(at..end);
        at = if body.get(end) == Some(&b',') { end + 1 } else { end };
    }
    if body.get(at) != Some(&b']') {
        return None;
    }
    let mut rest = Vec::with_capacity(body.len() - (at - start));
    rest.extend_from_slice(body.get(..start)?);
    rest.extend_from_slice(body.get(at..)?);
    Some((Page { body: body.clone(), ranges, ..Page::default() }, rest.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &'static str) -> Option<(Vec<&'static str>, String)> {
        let (page, rest) = split(&Bytes::from_static(body.as_bytes()))?;
        let items = page.ranges.iter().map(|range| &body[range.clone()]).collect();
        Some((items, String::from_utf8(rest.to_vec()).unwrap()))
    }

    #[test]
    fn items_are_cut_out_and_the_rest_is_whole() {
        let body = r#"{"Count":2,"Items":[{"a":{"S":"]}\""}},{"b":{"L":[]}}],"ScannedCount":2}"#;
        let (items, rest) = parts(body).unwrap();
        assert_eq!(items, [r#"{"a":{"S":"]}\""}}"#, r#"{"b":{"L":[]}}"#]);
        assert_eq!(rest, r#"{"Count":2,"Items":[],"ScannedCount":2}"#);
    }

    #[test]
    fn an_empty_page_has_no_items() {
        let (items, rest) = parts(r#"{"Count":0,"Items":[],"ScannedCount":0}"#).unwrap();
        assert!(items.is_empty());
        assert_eq!(rest, r#"{"Count":0,"Items":[],"ScannedCount":0}"#);
    }

    #[test]
    fn a_key_that_looks_like_the_items_does_not_mislead() {
        let body =
            r#"{"LastEvaluatedKey":{"Items":{"S":"\"Items\":["}},"Items":[{"a":{"N":"1"}}]}"#;
        let (items, rest) = parts(body).unwrap();
        assert_eq!(items, [r#"{"a":{"N":"1"}}"#]);
        assert_eq!(rest, r#"{"LastEvaluatedKey":{"Items":{"S":"\"Items\":["}},"Items":[]}"#);
    }

    #[test]
    fn other_ways_to_write_json_are_left_to_the_sdk() {
        for body in [
            r#"{"Items": [{"a": {"N": "1"}}]}"#,
            r#"{"Items":[{"a":{"N":"1"}} ,{"a":{"N":"2"}}]}"#,
            r#"{"Items":[{"a":{"N":"1"}}"#,
            r#"{"Items":[{"a":{"N":"1"#,
            r#"{"Count":1}"#,
            "",
        ] {
            assert!(parts(body).is_none(), "{body}");
        }
    }

    #[test]
    fn lines_are_export_lines_with_line_separators_escaped() {
        let body = "{\"Items\":[{\"a\":{\"S\":\"x\u{2028}y\"}},{\"a\":{\"S\":\"z\"}}]}";
        let (page, _) = split(&Bytes::from_static(body.as_bytes())).unwrap();
        let lines = page.lines(usize::MAX).unwrap();
        assert_eq!(
            lines,
            "{\"Item\":{\"a\":{\"S\":\"x\\u2028y\"}}}\n{\"Item\":{\"a\":{\"S\":\"z\"}}}\n"
        );
        assert_eq!(page.lines(1).unwrap(), "{\"Item\":{\"a\":{\"S\":\"x\\u2028y\"}}}\n");
    }

    #[test]
    fn sorted_lines_have_their_names_in_order() {
        let body = r#"{"Items":[{"b":{"N":"1"},"a":{"M":{"d":{"S":""},"c":{"N":"2.0"}}}}]}"#;
        let (page, _) = split(&Bytes::from_static(body.as_bytes())).unwrap();
        let line = r#"{"Item":{"a":{"M":{"c":{"N":"2.0"},"d":{"S":""}}},"b":{"N":"1"}}}"#;
        assert_eq!(page.sorted_lines(1).unwrap(), format!("{line}\n"));
        assert!(page.sorted_lines(0).unwrap().is_empty());
    }
}
