//! Items that are broken in ways that the types of the codec cannot rule out.

use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_codec::strategies::{binary, item, number, text};
use ddbkit_codec::{AttributeValue, Item, Number};
use fastrand::Rng;

use super::generated::{nested, values};
use super::{check_all, get, key, put, reference, sdk, simple_table};

const CASES: usize = 3_000;

/// What doubtful values are made of.
struct Parts {
    texts: Vec<String>,
    numbers: Vec<Number>,
    binaries: Vec<Vec<u8>>,
}

impl Parts {
    /// A value that is refused as often as not, for itself or for where it stands.
    fn doubtful(&self, rng: &mut Rng) -> AttributeValue {
        let value = match rng.u8(..6) {
            0 => AttributeValue::Ss(members(rng, &self.texts)),
            1 => {
                let numbers = members(rng, &self.numbers);
                AttributeValue::Ns(respelled(rng, numbers))
            }
            2 => AttributeValue::Bs(members(rng, &self.binaries)),
            3 => AttributeValue::L(Vec::new()),
            4 => AttributeValue::M(Item::new()),
            _ => {
                let length = *rng.choice(&[0, 1, 255, 256, 65_535, 65_536]).unwrap();
                AttributeValue::M([("n".repeat(length), "x")].into_iter().collect())
            }
        };
        match rng.u8(..3) {
            0 => value,
            1 => nested(rng.usize(1..5), value),
            _ => nested(rng.usize(28..34), value),
        }
    }
}

/// None to four members, some of them twice.
fn members<T: Clone>(rng: &mut Rng, all: &[T]) -> Vec<T> {
    let mut members: Vec<T> =
        (0..rng.usize(..4)).map(|_| rng.choice(all).unwrap().clone()).collect();
    if let (Some(first), true) = (members.first().cloned(), rng.u8(..3) == 0) {
        members.push(first);
    }
    members
}

/// The same numbers, some of them written in another way.
fn respelled(rng: &mut Rng, numbers: Vec<Number>) -> Vec<Number> {
    let respell = |number: Number| match rng.u8(..3) {
        0 => number.to_normal_form().parse().unwrap(),
        1 => format!("{}E+00", number.to_normal_form()).parse().unwrap(),
        _ => number,
    };
    numbers.into_iter().map(respell).collect()
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn validate_says_what_the_service_says() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    let parts = Parts {
        texts: values(&text(), 200),
        numbers: values(&number(), 200),
        binaries: values(&binary(), 200),
    };
    let mut rng = Rng::with_seed(3);
    let cases = values(&item(), CASES).into_iter().enumerate().map(|(n, mut item)| {
        for name in ["x", "y"].iter().take(rng.usize(..3)) {
            item.insert(*name, parts.doubtful(&mut rng));
        }
        if rng.u8(..20) == 0 {
            item.insert("", "x");
        }
        if rng.u8(..20) == 0 {
            item.insert("n".repeat(rng.usize(65_535..=65_536)), "x");
        }
        item.insert("pk", n.to_string());
        item
    });
    let cases: Vec<Item> = cases.collect();
    let fit = cases.iter().filter(|item| item.validate(None).is_ok()).count();
    assert!((CASES / 3..CASES * 3 / 4).contains(&fit), "{fit} of {CASES} items are fit");
    check_all(cases.into_iter().enumerate(), |(n, item)| {
        let (client, table) = (backend.dynamodb.clone(), table.clone());
        async move {
            match (put(&client, &table, sdk(&item)).await, item.validate(None)) {
                (Ok(_), Ok(())) => {
                    let stored = get(&client, &table, key(&n.to_string())).await;
                    assert!(Item::try_from(stored).unwrap() == item, "{item:?}");
                }
                (Err(message), Err(violations)) => {
                    let told = violations.iter().any(|told| told.service_message() == message);
                    assert!(told, "{message}: {violations:?}");
                }
                (put, fit) => panic!("the service says {put:?}, we say {fit:?}: {item:?}"),
            }
        }
    })
    .await;
}

/// Values that only the SDK's type can hold: reading them refuses what the service refuses.
#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn values_of_the_sdk_are_refused_where_the_service_refuses_them() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    for value in [
        Sdk::Null(true),
        Sdk::Null(false),
        Sdk::L(vec![Sdk::Null(false)]),
        Sdk::Ns(vec!["1".to_owned(), "one".to_owned()]),
        Sdk::Ns(vec!["1".to_owned(), "1e-131".to_owned()]),
        Sdk::Ns(vec!["1".to_owned(), "2".to_owned()]),
        Sdk::L(vec![Sdk::N(String::new())]),
    ] {
        let mut item = key("a");
        item.insert("v".to_owned(), value.clone());
        let put = put(&backend.dynamodb, &table, item).await;
        assert_eq!(
            put.is_ok(),
            AttributeValue::try_from(value.clone()).is_ok(),
            "{value:?}: {put:?}"
        );
    }
}
