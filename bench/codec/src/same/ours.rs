//! What this project reads.

use super::Same;
use crate::corpus::Want;
use crate::peers::owned::{Map, Value};
use ddbkit_codec::{AttributeValue, Item, ItemRef, Number, RawItem, ValueRef};

impl Same for RawItem<'_> {
    fn same(&self, want: &Want) -> bool {
        want.json == [b"{\"Item\":", self.as_bytes(), b"}"].concat()
    }
}

impl Same for Item {
    fn same(&self, want: &Want) -> bool {
        same_map(self, &want.item)
    }
}

fn same_map(item: &Item, want: &Map) -> bool {
    item.len() == want.len()
        && item.iter().all(|(name, value)| want.get(name).is_some_and(|want| same(value, want)))
}

fn same(value: &AttributeValue, want: &Value) -> bool {
    match (value, want) {
        (AttributeValue::S(text), Value::S(want)) => text == want,
        (AttributeValue::N(number), Value::N(want)) => number.to_normal_form() == *want,
        (AttributeValue::B(bytes), Value::B(want)) => bytes == want,
        (AttributeValue::Bool(flag), Value::Bool(want)) => flag == want,
        (AttributeValue::Null, Value::Null(want)) => *want,
        (AttributeValue::M(map), Value::M(want)) => same_map(map, want),
        (AttributeValue::L(list), Value::L(want)) => {
            list.len() == want.len() && list.iter().zip(want).all(|(value, want)| same(value, want))
        }
        (AttributeValue::Ss(set), Value::Ss(want)) => set == want,
        (AttributeValue::Ns(set), Value::Ns(want)) => {
            set.iter().map(Number::to_normal_form).eq(want.iter().cloned())
        }
        (AttributeValue::Bs(set), Value::Bs(want)) => set == want,
        _ => false,
    }
}

impl Same for ItemRef<'_> {
    fn same(&self, want: &Want) -> bool {
        same_borrowed_map(*self, &want.item)
    }
}

fn same_borrowed_map(item: ItemRef, want: &Map) -> bool {
    item.len() == want.len()
        && item.iter().all(|(name, value)| {
            want.get(&*name.get()).is_some_and(|want| same_borrowed(value, want))
        })
}

fn same_borrowed(value: ValueRef, want: &Value) -> bool {
    match (value, want) {
        (ValueRef::S(text), Value::S(want)) => text.get() == *want,
        (ValueRef::N(number), Value::N(want)) => number.to_number().to_normal_form() == *want,
        (ValueRef::B(bytes), Value::B(want)) => bytes.to_vec() == *want,
        (ValueRef::Bool(flag), Value::Bool(want)) => flag == *want,
        (ValueRef::Null, Value::Null(want)) => *want,
        (ValueRef::M(map), Value::M(want)) => same_borrowed_map(map, want),
        (ValueRef::L(list), Value::L(want)) => {
            list.len() == want.len()
                && list.iter().zip(want).all(|(value, want)| same_borrowed(value, want))
        }
        (ValueRef::Ss(set), Value::Ss(want)) => {
            set.iter().map(|text| text.get()).eq(want.iter().map(String::as_str))
        }
        (ValueRef::Ns(set), Value::Ns(want)) => {
            set.iter().map(|number| number.to_number().to_normal_form()).eq(want.iter().cloned())
        }
        (ValueRef::Bs(set), Value::Bs(want)) => {
            set.iter().map(|bytes| bytes.to_vec()).eq(want.iter().cloned())
        }
        _ => false,
    }
}
