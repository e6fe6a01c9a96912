//! Sizes, byte by byte: a write unit ends at 1,024 bytes, and an item at 409,600.

use ddbkit_codec::rules::{MAX_ITEM_SIZE, write_units};
use ddbkit_codec::strategies::{item, number};
use ddbkit_codec::{AttributeValue, Item};

use super::generated::{padded, values};
use super::{check_all, put, reference, sdk, simple_table};

/// The items that are as large as a multiple of 1,024 bytes and larger by one byte.
fn at_a_boundary(n: usize, mut item: Item) -> [Item; 2] {
    item.insert("pk", format!("0-{n}"));
    let size = (item.size() + "pad".len()).next_multiple_of(1_024);
    let full = padded(item.clone(), size, n.is_multiple_of(2)).unwrap();
    item.insert("pk", format!("1-{n}"));
    let over = padded(item, size + 1, n.is_multiple_of(2)).unwrap();
    [full, over]
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn sizes_are_those_of_the_service() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    let of_number = |number| [("n", AttributeValue::N(number))].into_iter().collect();
    let numbers = values(&number(), 1_000).into_iter().map(of_number);
    let of_set = |set: &[ddbkit_codec::Number]| {
        let mut set = set.to_vec();
        set.sort_unstable();
        set.dedup();
        [("ns", AttributeValue::Ns(set))].into_iter().collect()
    };
    let numbers_of_sets = values(&number(), 800);
    let sets = numbers_of_sets.chunks(4).map(of_set);
    let cases = values(&item(), 1_000).into_iter().chain(numbers).chain(sets).enumerate();
    let cases = cases.flat_map(|(n, item)| at_a_boundary(n, item));
    check_all(cases, |item| {
        let (client, table) = (backend.dynamodb.clone(), table.clone());
        async move {
            let consumed = put(&client, &table, sdk(&item)).await;
            assert_eq!(consumed, Ok(write_units(item.size())), "{}", item.to_dynamodb_json());
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn an_item_ends_at_the_size_of_the_service() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    let cases = values(&item(), 60).into_iter().enumerate().flat_map(|(n, mut item)| {
        item.insert("pk", n.to_string());
        [MAX_ITEM_SIZE, MAX_ITEM_SIZE + 1]
            .map(|size| padded(item.clone(), size, n.is_multiple_of(2)).unwrap())
    });
    check_all(cases, |item| {
        let (client, table) = (backend.dynamodb.clone(), table.clone());
        async move {
            let taken = put(&client, &table, sdk(&item)).await.map(|_| ());
            let fit = item.validate(None);
            let fit = fit.map_err(|violations| violations[0].service_message().to_owned());
            assert_eq!(taken, fit);
            assert_eq!(taken.is_ok(), item.size() == MAX_ITEM_SIZE);
        }
    })
    .await;
}
