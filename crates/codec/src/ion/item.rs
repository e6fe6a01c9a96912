//! From Ion as it is to an item: DynamoDB's use of Ion.

use super::tree::{Ion, Node};
use crate::value::in_order;
use crate::{
    AttributeValue, DecodeError, DecodeErrorKind, DecodeOptions, Duplicates, Item, Number,
    TypedNulls,
};

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: usize = 32;

/// The item of a value: `{Item:{...}}` as in exports, or the bare struct.
pub(super) fn item_of(node: Node, options: DecodeOptions) -> Result<Item, DecodeError> {
    let at = node.at;
    let Ion::Struct(mut fields) = plain(node)? else {
        return Err(DecodeError::new(DecodeErrorKind::NoItem, at));
    };
    let is_frame = fields.len() == 1
        && fields.first().is_some_and(|(name, field)| {
            name == "Item" && field.annotations.is_empty() && matches!(field.value, Ion::Struct(_))
        });
    if is_frame && let Some((_, Node { value: Ion::Struct(inner), .. })) = fields.pop() {
        return map(inner, at, 1, options);
    }
    map(fields, at, 1, options)
}

/// The value of a node that must not have annotations.
fn plain(node: Node) -> Result<Ion, DecodeError> {
    if node.annotations.is_empty() {
        return Ok(node.value);
    }
    Err(DecodeError::new(DecodeErrorKind::UnknownAnnotation, node.at))
}

fn map(
    fields: Vec<(String, Node)>,
    at: usize,
    level: usize,
    options: DecodeOptions,
) -> Result<Item, DecodeError> {
    let mut attributes = Vec::with_capacity(fields.len());
    for (name, node) in fields {
        if name.is_empty() {
            return Err(DecodeError::new(DecodeErrorKind::EmptyName, node.at));
        }
        match value(node, level, options) {
            Ok(value) => attributes.push((name, value)),
            Err(error) => return Err(error.under_name(&name)),
        }
    }
    let count = attributes.len();
    let names: Vec<String> = attributes.iter().map(|(name, _)| name.clone()).collect();
    let item: Item = attributes.into_iter().collect();
    if item.len() < count && options.duplicates == Duplicates::Refuse {
        let repeated = in_order(&names);
        let repeated = repeated.windows(2).find(|pair| pair.first() == pair.get(1));
        let name = repeated.and_then(|pair| pair.first()).map_or("", |name| name.as_str());
        return Err(DecodeError::new(DecodeErrorKind::DuplicateName, at).under_name(name));
    }
    Ok(item)
}

fn value(node: Node, level: usize, options: DecodeOptions) -> Result<AttributeValue, DecodeError> {
    let at = node.at;
    let wrong = |kind| Err(DecodeError::new(kind, at));
    if level > LEVELS || (level == LEVELS && is_container(&node)) {
        return wrong(DecodeErrorKind::TooDeep);
    }
    let members = match (node.annotations.as_slice(), node.value) {
        ([], value) => return unannotated(value, at, level, options),
        ([set], Ion::List(members)) => match set.as_str() {
            "$dynamodb_SS" => {
                return Ok(AttributeValue::Ss(set_of(members, at, "SS", |node| {
                    match plain(node)? {
                        Ion::String(text) => Ok(Some(text)),
                        _ => Ok(None),
                    }
                })?));
            }
            "$dynamodb_NS" => {
                return Ok(AttributeValue::Ns(set_of(members, at, "NS", |node| {
                    let at = node.at;
                    match plain(node)? {
                        Ion::Number(text) => number(&text, at).map(Some),
                        _ => Ok(None),
                    }
                })?));
            }
            "$dynamodb_BS" => members,
            _ => return wrong(DecodeErrorKind::UnknownAnnotation),
        },
        _ => return wrong(DecodeErrorKind::UnknownAnnotation),
    };
    Ok(AttributeValue::Bs(set_of(members, at, "BS", |node| match plain(node)? {
        Ion::Blob(bytes) => Ok(Some(bytes)),
        _ => Ok(None),
    })?))
}

fn is_container(node: &Node) -> bool {
    node.annotations.is_empty() && matches!(node.value, Ion::List(_) | Ion::Struct(_))
}

fn unannotated(
    value: Ion,
    at: usize,
    level: usize,
    options: DecodeOptions,
) -> Result<AttributeValue, DecodeError> {
    Ok(match value {
        Ion::Null { typed: true } if options.typed_nulls == TypedNulls::Refuse => {
            return Err(DecodeError::new(DecodeErrorKind::TypedNull, at));
        }
        Ion::Null { .. } => AttributeValue::Null,
        Ion::Bool(flag) => AttributeValue::Bool(flag),
        Ion::Number(text) => AttributeValue::N(number(&text, at)?),
        Ion::String(text) => AttributeValue::S(text),
        Ion::Blob(bytes) => AttributeValue::B(bytes),
        Ion::List(nodes) => {
            let elements = nodes.into_iter().enumerate().map(|(index, node)| {
                self::value(node, level + 1, options).map_err(|error| error.under_index(index))
            });
            AttributeValue::L(elements.collect::<Result<_, _>>()?)
        }
        Ion::Struct(fields) => AttributeValue::M(map(fields, at, level + 1, options)?),
        Ion::Symbol(_) | Ion::Foreign => {
            return Err(DecodeError::new(DecodeErrorKind::ForeignType, at));
        }
    })
}

/// The number that is written at `at`.
pub(super) fn number(text: &str, at: usize) -> Result<Number, DecodeError> {
    let number = Number::parse(text).map_err(|error| DecodeError::new(error.kind(), at))?;
    Ok(number.in_normal_form())
}

fn set_of<T: Ord>(
    nodes: Vec<Node>,
    at: usize,
    tag: &str,
    member: impl Fn(Node) -> Result<Option<T>, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    if nodes.is_empty() {
        return Err(DecodeError::new(DecodeErrorKind::EmptySet, at));
    }
    let members = nodes.into_iter().enumerate().map(|(index, node)| {
        let at = node.at;
        member(node)
            .and_then(|found| found.ok_or_else(|| DecodeError::new(DecodeErrorKind::WrongForm, at)))
            .map_err(|error| error.under_index(index).under_set(tag))
    });
    let members: Vec<T> = members.collect::<Result<_, _>>()?;
    if in_order(&members).windows(2).any(|pair| pair.first() == pair.get(1)) {
        return Err(DecodeError::new(DecodeErrorKind::DuplicateInSet, at));
    }
    Ok(members)
}
