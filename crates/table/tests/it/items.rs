//! Single items: get, put, update, remove, exists, conditions, versions.

use crate::support::{Order, damaged, failing_orders, order, orders, untyped};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_table::{AttributeType, Condition, Key, Table, TableErrorKind, Update, attr, raw};
use ddbkit_testkit::{Fault, When, backend};
use serde::Deserialize;

#[tokio::test]
async fn an_item_is_put_read_and_removed() {
    let (_backend, table) = orders().await;
    let order = order("a", 1);
    assert!(!table.exists(("a", 1)).await.unwrap());
    let put = table.put(&order).return_old().send().await.unwrap();
    assert_eq!(put.item, None);
    assert!(put.consumed.get() >= 1.0);
    assert!(table.exists(("a", 1)).await.unwrap());

    let weak = table.get(("a", 1)).send().await.unwrap();
    let strong = table.get(("a", 1)).consistent().send().await.unwrap();
    assert_eq!(weak.item.as_ref(), Some(&order));
    assert_eq!(strong.item.as_ref(), Some(&order));
    assert!((strong.consumed.get() - 2.0 * weak.consumed.get()).abs() < f64::EPSILON);

    let removed = table.remove(("a", 1)).return_old().send().await.unwrap();
    assert_eq!(removed.item, Some(order));
    assert_eq!(table.get(("a", 1)).send().await.unwrap().item, None);
    table.remove(("a", 1)).send().await.unwrap();
}

#[tokio::test]
async fn a_put_gives_what_it_replaced() {
    let (_backend, table) = orders().await;
    let (first, second) = (order("a", 1), Order { note: Some("2".to_owned()), ..order("a", 1) });
    table.put(&first).send().await.unwrap();
    let old = table.put(&second).return_old().send().await.unwrap().item;
    assert_eq!(old, Some(first));
}

#[tokio::test]
async fn some_attributes_are_read_into_a_type_that_has_only_them() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Part {
        number: u64,
        tags: Vec<String>,
    }
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    let part = table.get(("a", 1)).project::<Part>(["tags"]).send().await.unwrap().item.unwrap();
    assert_eq!(part.number, 1);
    assert_eq!(part.tags.len(), 2);
    let first = table.get(("a", 1)).project::<Item>([attr("lines").at(0)]).send().await.unwrap();
    assert!(!first.item.unwrap().contains("tags"));
}

#[tokio::test]
async fn an_update_changes_in_every_way_and_gives_old_and_new() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Changed {
        note: String,
    }
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    let update = Update::new()
        .set("note", "x")
        .increment("price", -3)
        .append("lines", ["last"])
        .prepend("more", ["only"])
        .set_if_absent("lines2", attr("lines"))
        .set_if_absent("note", "not taken")
        .add("tags", AttributeValue::Ss(vec!["blue".to_owned()]))
        .add("visits", 1);
    // One path twice in an update is refused by the service.
    let refused = table.update(("a", 1), update.clone()).send().await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::Service);

    let update = Update::new()
        .set("note", "x")
        .increment("price", -3)
        .append("lines", ["last"])
        .prepend("more", ["only"])
        .set_if_absent("lines2", attr("lines"))
        .set_if_absent("digest", "not taken")
        .add("tags", AttributeValue::Ss(vec!["blue".to_owned()]))
        .add("visits", 1);
    let new = table.update(("a", 1), update).return_new().send().await.unwrap().item.unwrap();
    assert_eq!(new.note.as_deref(), Some("x"));
    assert_eq!(new.price.to_string(), "16.9");
    assert_eq!(new.lines, ["first", "last"]);
    assert!(new.tags.contains("blue"));
    assert_eq!(new.digest, [0, 1, 255]);

    let set = |note: &str| Update::new().set("note", note);
    let old = table.update(("a", 1), set("y")).return_old().send().await.unwrap().item.unwrap();
    assert_eq!(old, new);
    let changed = table.update(("a", 1), set("z")).return_updated_new::<Changed>();
    assert_eq!(changed.send().await.unwrap().item.unwrap().note, "z");
    let changed = table.update(("a", 1), set("0")).return_updated_old::<Changed>();
    assert_eq!(changed.send().await.unwrap().item.unwrap().note, "z");

    let rest = Update::new()
        .remove("note")
        .remove(attr("lines").at(0))
        .delete("tags", AttributeValue::Ss(vec!["red".to_owned()]));
    let new = table.update(("a", 1), rest).return_new().send().await.unwrap().item.unwrap();
    assert_eq!((new.note, new.lines), (None, vec!["last".to_owned()]));
    assert!(!new.tags.contains("red"));
}

#[tokio::test]
async fn an_update_expression_as_text_is_taken() {
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    let text = raw("SET price = price + :n, #note = :note REMOVE #lines[0]")
        .name("#note", "note")
        .name("#lines", "lines")
        .value(":n", 1)
        .value(":note", "raw");
    let update = Update::from(text).set("extra", 1);
    let new = table.update(("a", 1), update).return_new().send().await.unwrap().item.unwrap();
    assert_eq!((new.price.to_string().as_str(), new.note.as_deref()), ("20.9", Some("raw")));
    assert!(new.lines.is_empty());
}

#[tokio::test]
async fn an_update_makes_what_is_not_there_unless_told_otherwise() {
    let (_backend, table) = orders().await;
    let untyped = untyped(&table);
    let refused = table.update(("a", 1), Update::new().set("note", "x")).if_exists();
    let refused = refused.send().await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::ConditionFailed);
    assert_eq!(refused.existing(), None);
    table.update(("a", 1), Update::new().set("note", "x")).send().await.unwrap();
    let made = untyped.get(("a", 1)).send().await.unwrap().item.unwrap();
    assert_eq!(made.len(), 3);
    // An update without a change makes the key alone.
    untyped.update(("b", 1), Update::new()).send().await.unwrap();
    assert!(untyped.exists(("b", 1)).await.unwrap());
}

#[tokio::test]
async fn every_condition_is_true_and_false_as_it_should_be() {
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    let holds = async |condition: Condition| {
        let update = Update::new().set("touched", true);
        match table.update(("a", 1), update).condition(condition).send().await {
            Ok(_) => true,
            Err(error) if error.kind() == TableErrorKind::ConditionFailed => false,
            Err(error) => panic!("{error}"),
        }
    };
    let price = || attr("price");
    let is_true = [
        price().eq("19.9".parse::<ddbkit_codec::Number>().unwrap()),
        price().ne(20),
        price().lt(20).and(price().gt(19)),
        price().le(20).and(price().ge(19)),
        price().between(19, 20),
        attr("customer").is_in(["x", "a"]),
        attr("customer").begins_with("a"),
        attr("tags").contains("red"),
        attr("lines").at(0).contains("irs"),
        attr("note").not_exists(),
        attr("lines").exists(),
        attr("tags").is_type(AttributeType::Ss),
        attr("digest").size().eq(3),
        attr("tags").size().le(attr("digest").size()),
        attr("number").lt(attr("price")),
        attr("note").exists().or(attr("number").eq(1)),
        attr("note").exists().not(),
        raw("#t = :t").name("#t", "customer").value(":t", "a").into(),
    ];
    for condition in is_true {
        assert!(holds(condition.clone()).await, "{condition:?}");
        assert!(!holds(condition.clone().not()).await, "not {condition:?}");
    }
    assert!(!holds(price().is_in([1, 2])).await);
    assert!(!holds(attr("customer").eq("a").and(raw("attribute_exists(note)"))).await);
}

#[tokio::test]
async fn a_false_condition_gives_the_item_that_is_there() {
    let (_backend, table) = orders().await;
    let there = order("a", 1);
    table.put(&there).if_new().send().await.unwrap();
    let other = Order { note: Some("other".to_owned()), ..there.clone() };

    let put = table.put(&other).if_new().send().await.unwrap_err();
    let update = table.update(("a", 1), Update::new().set("note", 1));
    let update = update.condition(attr("note").exists()).send().await.unwrap_err();
    let remove = table.remove(("a", 1)).condition(attr("note").exists()).send().await.unwrap_err();
    for error in [put, update, remove] {
        assert_eq!(error.kind(), TableErrorKind::ConditionFailed);
        assert_eq!(error.code(), None);
        assert!(error.to_string().contains(r#"item {"customer":{"S":"a"},"number":{"N":"1"}}"#));
        assert_eq!(table.read(error.existing().unwrap().clone()).unwrap(), there);
    }
    assert_eq!(table.get(("a", 1)).send().await.unwrap().item, Some(there));
}

#[tokio::test]
async fn who_saves_an_old_version_is_told() {
    let (_backend, table) = orders().await;
    let first = table.save(order("a", 1)).await.unwrap();
    assert_eq!(first.version, 1);
    let again = table.save(order("a", 1)).await.unwrap_err();
    assert_eq!(again.kind(), TableErrorKind::ConditionFailed);

    let second = table.save(Order { note: Some("2".to_owned()), ..first.clone() }).await.unwrap();
    assert_eq!(second.version, 2);
    let late = table.save(first.clone()).await.unwrap_err();
    assert_eq!(late.kind(), TableErrorKind::ConditionFailed);
    assert_eq!(table.read(late.existing().unwrap().clone()).unwrap(), second);

    let change = || Update::new().set("note", "3");
    let late = table.update(("a", 1), change()).seen(&first).send().await.unwrap_err();
    assert_eq!(late.kind(), TableErrorKind::ConditionFailed);
    let third = table.update(("a", 1), change()).seen(&second).return_new().send().await.unwrap();
    let third = third.item.unwrap();
    assert_eq!(third.version, 3);
    let late = table.remove(("a", 1)).seen(&second).send().await.unwrap_err();
    assert_eq!(late.kind(), TableErrorKind::ConditionFailed);
    table.remove(("a", 1)).seen(&third).send().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_of_a_conditional_write_is_not_taken_for_a_refusal() {
    let (backend, table) = failing_orders().await;
    let lose = |operation: &str| backend.faults().inject(Fault::LostAnswer, When::Once, operation);
    let rule = lose("PutItem");
    let error = table.put(&order("a", 1)).if_new().send().await.unwrap_err();
    assert_eq!(rule.injected(), 1);
    assert_eq!(error.kind(), TableErrorKind::Ambiguous);
    assert_eq!(table.read(error.existing().unwrap().clone()).unwrap(), order("a", 1));

    let rule = lose("UpdateItem");
    let update = Update::new().set("note", "x");
    let update = table.update(("a", 1), update).condition(attr("note").not_exists());
    assert_eq!(update.send().await.unwrap_err().kind(), TableErrorKind::Ambiguous);
    assert_eq!(rule.injected(), 1);

    // What was refused by a throttle was not carried out: the answer is certain.
    let rule = backend.faults().inject(Fault::Throttle, When::Once, "PutItem");
    let error = table.put(&order("a", 1)).if_new().send().await.unwrap_err();
    assert_eq!((rule.injected(), error.kind()), (1, TableErrorKind::ConditionFailed));

    // Without a condition there is nothing to be told.
    let rule = lose("PutItem");
    table.put(&order("a", 2)).send().await.unwrap();
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn bad_input_is_told_before_anything_is_sent() {
    let (_backend, table) = orders().await;
    let nowhere = Table::<Order>::new(table.client().clone(), "not-sent-to");
    let kind = |error: ddbkit_table::TableError| (error.kind(), error.to_string());
    let input = TableErrorKind::InvalidInput;
    let (got, text) = kind(nowhere.get("a").send().await.unwrap_err());
    assert_eq!((got, text.as_str()), (input, "the key lacks its sort key \"number\""));
    let (got, text) = kind(nowhere.put(&order("", 1)).send().await.unwrap_err());
    assert_eq!((got, text.as_str()), (input, "the key attribute \"customer\" is an empty string"));
    let (got, _) = kind(nowhere.remove(Key::new(true)).send().await.unwrap_err());
    assert_eq!(got, input);
    let (got, text) = kind(
        nowhere.update(("a", 1), raw("SET a = :_1").value(":_1", 1)).send().await.unwrap_err(),
    );
    assert_eq!(got, input);
    assert!(text.contains("\":_1\" is taken"), "{text}");
    let unversioned =
        Table::<Order>::with_keys(table.client().clone(), "not-sent-to", table.keys().clone());
    let (got, text) = kind(unversioned.save(order("a", 1)).await.unwrap_err());
    assert_eq!(got, input);
    assert!(text.contains("has no version attribute"), "{text}");
}

#[tokio::test]
async fn errors_say_what_and_where() {
    let (_backend, table) = orders().await;
    untyped(&table).put(&damaged("a", 1)).send().await.unwrap();
    let error = table.get(("a", 1)).send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Decode);
    let text = error.to_string();
    assert!(text.contains(r#"item {"customer":{"S":"a"},"number":{"N":"1"}} of table"#), "{text}");
    assert!(text.contains("at $.price"), "{text}");

    let gone = Table::<Order>::new(table.client().clone(), "there-is-no-such-table");
    let error = gone.put(&order("a", 1)).send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::NotFound);
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
    let error = Table::<Item>::describe(table.client().clone(), "there-is-no-such-table").await;
    assert_eq!(error.unwrap_err().kind(), TableErrorKind::NotFound);
}

#[tokio::test]
async fn throttles_are_retried_by_the_client_and_told_when_they_go_on() {
    let (backend, table) = failing_orders().await;
    let throttle = backend.faults().inject(Fault::Throttle, When::Next(2), "PutItem");
    table.put(&order("a", 1)).send().await.unwrap();
    assert_eq!(throttle.injected(), 2);
    backend.faults().inject(Fault::Throttle, When::Every(1), "PutItem");
    let error = table.put(&order("a", 1)).send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Throttled);
}

#[tokio::test]
async fn a_described_table_knows_its_keys() {
    let backend = backend().await;
    let name = backend.table("Described", ddbkit_testkit::KeySchema::default()).await;
    let table = Table::<Item>::describe(backend.dynamodb.clone(), &name).await.unwrap();
    assert_eq!(table.keys().names().collect::<Vec<_>>(), ["pk", "sk"]);
    let mut item = Item::new();
    item.insert("pk", "a");
    item.insert("sk", 1);
    item.insert(
        "n",
        "123456789012345678901234567890.12345678".parse::<ddbkit_codec::Number>().unwrap(),
    );
    table.put(&item).send().await.unwrap();
    assert_eq!(table.get(("a", 1)).send().await.unwrap().item, Some(item));
}
