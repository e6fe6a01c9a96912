//! From what a caller wants to what is uploaded and written.

use super::expression::{Expressions, OURS, mentions};
use super::item_write::Kind;
use super::values::codec_value;
use super::{ItemWrite, Offloader};
use crate::pointer::holds_pointer;
use crate::value::Encoded;
use crate::{
    BlobPointer, ItemKey, OffloadError, OffloadErrorKind, OffloadPolicy, POINTER_MARKER, Seen,
    UniqueId,
};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{AttributeValue, Item, rules::MAX_ITEM_SIZE};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A value on its way to S3.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) attribute: String,
    pub(crate) pointer: BlobPointer,
    pub(crate) encoded: Encoded,
}

/// A write that is decided, before anything is sent.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) key: ItemKey,
    pub(crate) rev: String,
    pub(crate) seen: Option<Seen>,
    pub(crate) uploads: Vec<Upload>,
    /// The new values of attributes in the item: those that stay in it, and new pointers.
    pub(crate) sets: BTreeMap<String, SdkValue>,
    /// Attributes that keep their pointer because the value is the same.
    pub(crate) unchanged: BTreeSet<String>,
    /// Attributes on whose pointers, or on there being none, the write has a condition.
    pub(crate) touched: BTreeSet<String>,
    pub(crate) expressions: Expressions,
}

fn invalid(message: String) -> OffloadError {
    OffloadError::new(OffloadErrorKind::InvalidInput, message)
}

impl Offloader {
    /// Decides a write. `current` is the item as it is, where it was read.
    pub(crate) async fn plan(
        &self,
        write: ItemWrite,
        key: ItemKey,
        seen: Option<Seen>,
        current: Option<&HashMap<String, SdkValue>>,
    ) -> Result<Plan, OffloadError> {
        self.check(&write)?;
        let mut values = write.sets;
        let removes = write.removes;
        if write.kind == Kind::Create {
            let is_key = |name: &String| self.shared.schema.contains(name);
            let mut item = write.attributes;
            item.retain(|name, _| !is_key(name));
            item.extend(values);
            values = item.into_iter().collect();
        }
        let mut plan = Plan {
            kind: write.kind,
            key,
            rev: Uuid::new_v4().simple().to_string(),
            seen,
            uploads: Vec::new(),
            sets: BTreeMap::new(),
            unchanged: BTreeSet::new(),
            touched: BTreeSet::new(),
            expressions: Expressions {
                clauses: write.clauses,
                conditions: Vec::new(),
                names: write.names,
                values: write.values,
            },
        };
        let values = self.without_pointers(&mut plan, values)?;
        self.apply_policy(&mut plan, values, &removes, current).await?;
        for (name, body) in write.uploaded {
            let own = self.check_owner(&plan.key, &body.pointer);
            own.map_err(|error| error.of_attribute(&name))?;
            plan.sets.insert(name, body.pointer.to_sdk());
        }
        self.conditions(&mut plan, &removes, write.condition);
        Ok(plan)
    }

    /// Refuses what must not be written, before anything is sent.
    fn check(&self, write: &ItemWrite) -> Result<(), OffloadError> {
        let shared = &self.shared;
        for name in write.sets.keys().chain(&write.removes).chain(write.uploaded.keys()) {
            if shared.schema.contains(name) {
                return Err(invalid(format!(
                    "key attribute {name:?} can be neither set nor removed"
                )));
            }
        }
        let rev = &shared.rev_attribute;
        let written = write.sets.keys().chain(&write.removes).chain(write.attributes.keys());
        if written.into_iter().any(|name| name == rev) {
            return Err(invalid(format!("attribute {rev:?} belongs to the library")));
        }
        let is_ours =
            |placeholder: &str| placeholder.get(1..).is_some_and(|name| name.starts_with(OURS));
        let mut placeholders = write.names.keys().chain(write.values.keys());
        if let Some(taken) = placeholders.find(|placeholder| is_ours(placeholder)) {
            return Err(invalid(format!("the placeholder {taken:?} belongs to the library")));
        }
        let has_changes =
            !write.sets.is_empty() || !write.removes.is_empty() || !write.uploaded.is_empty();
        let has_actions = write.clauses.actions().next().is_some();
        match write.kind {
            Kind::Create if has_actions || !write.removes.is_empty() => {
                return Err(invalid("a create takes no update expressions".to_owned()));
            }
            Kind::Create if write.seen.is_some() => {
                return Err(invalid("what is to be created was not seen".to_owned()));
            }
            Kind::Delete if has_actions || has_changes => {
                return Err(invalid("a delete takes no changes".to_owned()));
            }
            Kind::Update | Kind::Delete
                if write.attributes.len() != shared.schema.attributes().count() =>
            {
                return Err(invalid(
                    "the key has other attributes than the table's key".to_owned(),
                ));
            }
            _ => {}
        }
        // An expression could copy a pointer or write over it without the condition on it.
        for name in shared.attributes.keys().chain([rev]) {
            let placeholder = write.names.iter().find(|(_, attribute)| *attribute == name);
            let placeholder = placeholder.map(|(placeholder, _)| placeholder.as_str());
            let mentioned = |action: &String| {
                mentions(action, name)
                    || placeholder.is_some_and(|placeholder| mentions(action, placeholder))
            };
            if write.clauses.actions().any(mentioned) {
                return Err(invalid(format!(
                    "an update expression names attribute {name:?}, which the library writes: use set or remove"
                )));
            }
        }
        for (placeholder, value) in &write.values {
            if holds_pointer(&codec_value(placeholder, value.clone())?) {
                return Err(invalid(format!("the value {placeholder:?} holds a pointer")));
            }
        }
        Ok(())
    }

    /// Decides which values go to S3, and makes their pointers.
    async fn apply_policy(
        &self,
        plan: &mut Plan,
        mut values: BTreeMap<String, AttributeValue>,
        removes: &BTreeSet<String>,
        current: Option<&HashMap<String, SdkValue>>,
    ) -> Result<(), OffloadError> {
        let shared = &self.shared;
        let is_named = |name: &String| shared.attributes.contains_key(name);
        let mut largest: Vec<(usize, String)> = values
            .iter()
            .filter(|(name, _)| is_named(name))
            .map(|(name, value)| (value.size(), name.clone()))
            .collect();
        largest.sort_unstable_by(|a, b| b.cmp(a));

        let mut size = self.size_before(plan, &values, removes, current)?;
        for (value_size, name) in largest {
            let goes = match shared.policy {
                OffloadPolicy::Always => true,
                OffloadPolicy::Above(limit) => value_size > limit,
                OffloadPolicy::WhenItemExceeds(limit) => size > limit,
            };
            if !goes {
                continue;
            }
            let Some(value) = values.get(&name).cloned() else { continue };
            let options = shared.attributes.get(&name);
            let level = options.and_then(|options| options.zstd_level);
            let encoded = Encoded::of(value, level).await?;
            let own = plan.seen.as_ref().and_then(|seen| seen.pointers.get(&name));
            let own = own.filter(|own| encoded.is_at(own));
            let pointer = own.cloned().unwrap_or_else(|| BlobPointer {
                bucket: shared.bucket.clone(),
                key: shared.layout.object_key(&plan.key.owner(), &name, &UniqueId::generate()),
                stored_len: encoded.stored.len() as u64,
                len: encoded.len,
                sha256: encoded.sha256,
                encoding: encoded.encoding,
                kind: encoded.kind,
                content_type: options.and_then(|options| options.content_type.clone()),
            });
            let pointer_size = pointer.to_attribute().size();
            let saves_room = matches!(shared.policy, OffloadPolicy::WhenItemExceeds(_));
            if saves_room && pointer_size >= value_size {
                continue;
            }
            values.remove(&name);
            size = (size + pointer_size).saturating_sub(value_size);
            if own.is_some() {
                plan.unchanged.insert(name);
            } else {
                plan.sets.insert(name.clone(), pointer.to_sdk());
                plan.uploads.push(Upload { attribute: name, pointer, encoded });
            }
        }
        if plan.kind == Kind::Create && size > MAX_ITEM_SIZE {
            return Err(invalid(format!(
                "the item would have {size} bytes, DynamoDB takes {MAX_ITEM_SIZE}: offload more attributes"
            )));
        }
        plan.sets.extend(values.into_iter().map(|(name, value)| (name, value.into())));
        Ok(())
    }

    /// The size of the item with all values in it. Of an item that was not read, what it has beside
    /// them is not known and not counted; the policies that get there do not ask.
    fn size_before(
        &self,
        plan: &Plan,
        values: &BTreeMap<String, AttributeValue>,
        removes: &BTreeSet<String>,
        current: Option<&HashMap<String, SdkValue>>,
    ) -> Result<usize, OffloadError> {
        let mut rest: Item = match current {
            None => Item::new(),
            Some(item) => Item::try_from(item.clone()).map_err(|error| {
                OffloadError::caused(
                    OffloadErrorKind::DynamoDb,
                    format!("{} has a value that cannot be read", plan.key),
                    error,
                )
            })?,
        };
        for name in values.keys().chain(removes) {
            rest.remove(name);
        }
        for (name, value) in plan.key.to_sdk() {
            rest.insert(name.clone(), codec_value(&name, value)?);
        }
        rest.insert(self.shared.rev_attribute.clone(), plan.rev.clone());
        let sizes = values.iter().map(|(name, value)| name.len() + value.size());
        let mut size = rest.size() + sizes.sum::<usize>();
        for (name, value) in &plan.expressions.values {
            size += codec_value(name, value.clone())?.size();
        }
        Ok(size)
    }

    /// The expressions of the write, and the conditions that make it safe.
    fn conditions(&self, plan: &mut Plan, removes: &BTreeSet<String>, of_caller: Option<String>) {
        let expressions = &mut plan.expressions;
        if plan.kind == Kind::Update {
            for (name, value) in &plan.sets {
                expressions.set(name, value.clone());
            }
            for name in removes {
                expressions.remove(name);
            }
            expressions.set(&self.shared.rev_attribute, SdkValue::S(plan.rev.clone()));
        }
        let hash = plan.key.hash().0;
        let Some(seen) = plan.seen.as_ref().filter(|_| plan.kind != Kind::Create) else {
            // Only a create is planned without knowing the item.
            let hash = expressions.name(hash);
            expressions.conditions.push(format!("attribute_not_exists({hash})"));
            expressions.conditions.extend(of_caller);
            return;
        };
        let rev = expressions.name(&self.shared.rev_attribute);
        let condition = if let Some(seen) = &seen.rev {
            format!("{rev} = {}", expressions.value(SdkValue::S(seen.clone())))
        } else {
            let hash = expressions.name(hash);
            format!("attribute_exists({hash}) AND attribute_not_exists({rev})")
        };
        expressions.conditions.push(condition);

        // Who writes past the library does not change the rev: each pointer counts as well.
        let written = plan.sets.keys().chain(removes).chain(&plan.unchanged);
        plan.touched = match plan.kind {
            Kind::Delete => seen.pointers.keys().cloned().collect(),
            _ => written.cloned().collect(),
        };
        for attribute in &plan.touched {
            let path = expressions.name(attribute);
            let condition = if let Some(pointer) = seen.pointers.get(attribute) {
                let key = expressions.name("k");
                let value = expressions.value(SdkValue::S(pointer.key.clone()));
                format!("{path}.{key} = {value}")
            } else {
                let marker = expressions.name(POINTER_MARKER);
                format!("attribute_not_exists({path}.{marker})")
            };
            expressions.conditions.push(condition);
        }
        expressions.conditions.extend(of_caller);
    }
}
