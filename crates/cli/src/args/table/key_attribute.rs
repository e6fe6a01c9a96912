//! Key attributes and indexes as texts.

use ddbkit::codec::rules::{Key, KeyType};
use ddbkit::table::admin::{GlobalIndex, LocalIndex, Projected};

/// `pk:S`: a name and a type.
pub(super) fn attribute(text: &str) -> Result<(String, KeyType), String> {
    let wrong =
        || format!("{text:?} is no key attribute; write NAME:TYPE with the types S, N and B");
    let (name, letter) = text.rsplit_once(':').ok_or_else(wrong)?;
    let key_type = match letter {
        "S" => KeyType::S,
        "N" => KeyType::N,
        "B" => KeyType::B,
        _ => return Err(wrong()),
    };
    if name.is_empty() { Err(wrong()) } else { Ok((name.to_owned(), key_type)) }
}

/// `5:10`: read and write capacity units.
pub(super) fn units(text: &str) -> Result<(u32, u32), String> {
    let unit = |text: &str| text.parse().ok().filter(|units| *units > 0);
    text.split_once(':')
        .and_then(|(read, write)| Some((unit(read)?, unit(write)?)))
        .ok_or_else(|| format!("{text:?} is no capacity; write READ:WRITE, like 10:5"))
}

/// What stands behind the `=` of an index.
struct IndexText {
    key: Vec<(String, KeyType)>,
    projected: Projected,
    units: Option<(u32, u32)>,
}

fn index(text: &str) -> Result<(String, IndexText), String> {
    let (name, parts) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| format!("{text:?} is no index; write NAME=ATTRIBUTE:TYPE"))?;
    let mut found = IndexText { key: Vec::new(), projected: Projected::All, units: None };
    for part in parts.split(',') {
        if part == "keys-only" {
            found.projected = Projected::KeysOnly;
        } else if let Some(names) = part.strip_prefix("include=") {
            found.projected = Projected::Include(names.split('+').map(ToOwned::to_owned).collect());
        } else if let Some(text) = part.strip_prefix("units=") {
            found.units = Some(units(text)?);
        } else {
            found.key.push(attribute(part)?);
        }
    }
    Ok((name.to_owned(), found))
}

/// `ByState=state:S,at:N,include=total+currency,units=5:5`.
pub(super) fn global(text: &str) -> Result<GlobalIndex, String> {
    let (name, IndexText { key, projected, units }) = index(text)?;
    let mut attributes = key.into_iter();
    let (Some((hash, hash_type)), range, None) =
        (attributes.next(), attributes.next(), attributes.next())
    else {
        return Err(format!("index {name} needs a partition key, and has a sort key at most"));
    };
    let mut key = Key::partition(hash, hash_type);
    if let Some((range, range_type)) = range {
        key = key.sort(range, range_type);
    }
    let index = GlobalIndex::new(name, key).projected(projected);
    Ok(match units {
        Some((read, write)) => index.provisioned(read, write),
        None => index,
    })
}

/// `ByTotal=total:N,keys-only`.
pub(super) fn local(text: &str) -> Result<LocalIndex, String> {
    let (name, IndexText { key, projected, units }) = index(text)?;
    if units.is_some() {
        return Err(format!("index {name} has the capacity of its table, and none of its own"));
    }
    let Ok([(sort, key_type)]) = <[_; 1]>::try_from(key) else {
        return Err(format!("index {name} needs a sort key and nothing else: NAME=ATTRIBUTE:TYPE"));
    };
    Ok(LocalIndex::new(name, sort, key_type).projected(projected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_a_type_behind_the_last_colon() {
        assert_eq!(attribute("pk:S"), Ok(("pk".to_owned(), KeyType::S)));
        assert_eq!(attribute("a:b:N"), Ok(("a:b".to_owned(), KeyType::N)));
        for wrong in ["", "pk", "pk:", ":S", "pk:X", "pk:s"] {
            assert!(attribute(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn indexes_have_a_name_a_key_and_perhaps_more() {
        let key = Key::partition("state", KeyType::S).sort("at", KeyType::N);
        let full = GlobalIndex::new("ByState", key)
            .projected(Projected::Include(vec!["a".to_owned(), "b".to_owned()]))
            .provisioned(5, 6);
        assert_eq!(global("ByState=state:S,at:N,include=a+b,units=5:6"), Ok(full));
        let plain = GlobalIndex::new("I", Key::partition("x", KeyType::B));
        assert_eq!(global("I=x:B"), Ok(plain));
        let by_total = LocalIndex::new("ByTotal", "total", KeyType::N);
        assert_eq!(local("ByTotal=total:N,keys-only"), Ok(by_total.projected(Projected::KeysOnly)));
        for wrong in
            ["", "I", "=x:S", "I=", "I=x", "I=x:S,y:S,z:S", "I=x:S,units=0:1", "I=keys-only"]
        {
            assert!(global(wrong).is_err(), "{wrong}");
        }
        for wrong in ["I=x:S,y:S", "I=x:S,units=1:1", "I=keys-only"] {
            assert!(local(wrong).is_err(), "{wrong}");
        }
    }
}
