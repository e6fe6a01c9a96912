//! Numbers: what is one, and its normal form.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_codec::strategies::number;
use ddbkit_codec::{DecodeErrorKind, Number, ParseNumberError};

use super::generated::values;
use super::{check_all, get, key, put, reference, simple_table};

const GENERATED: usize = 1_500;
const MUTATED: usize = 1_500;

/// Texts at the edges of grammar, precision and range. `1e-2147483648` is not among them: both refuse
/// it, but DynamoDB Local for its grammar, as Java cannot hold the exponent.
fn edges() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " 5",
        "5 ",
        "1_000",
        "0x10",
        "1e",
        "--1",
        "+-1",
        "1,5",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "inf",
        ".",
        "-",
        "+",
        "e5",
        "-.",
        ".e1",
        "1e5.",
        "1e1.5",
        "1e+",
        "1e-",
        "1 e5",
        "1e 5",
        "1E",
        "1d",
        "1f",
        "1L",
        "0b1",
        "1\u{0}",
        "\n1",
        "1\n",
        "1\t",
        "\u{a0}1",
        "½",
        "+5",
        ".5",
        "5.",
        "-5.",
        "+.5",
        "5.e1",
        ".5e1",
        "007",
        "-007",
        "1E+3",
        "1e-03",
        "0E200",
        "-0",
        "-0.0",
        "+0",
        "0.000",
        "00",
        "0e-500",
        "-0e500",
        "1.50",
        "1e3",
        "1e0",
        "1e2147483647",
        "1e2147483648",
        "1e-2147483649",
        "0e99999999999",
        "1e99999999999",
    ]
    .map(str::to_owned)
    .into();
    for digits in [37, 38, 39, 40, 126, 127, 168] {
        texts.push("9".repeat(digits));
        texts.push(format!("1{}", "0".repeat(digits - 1)));
        texts.push(format!("1{}1", "0".repeat(digits - 2)));
        texts.push(format!("0.{}1", "0".repeat(digits - 1)));
        texts.push(format!("0.{}", "7".repeat(digits)));
        texts.push(format!("{}{}", "0".repeat(200), "8".repeat(digits)));
        texts.push(format!("{}.{}", "8".repeat(digits), "0".repeat(200)));
    }
    let coefficients = ["1", "9.9", "9.9999999999999999999999999999999999999", "99", "0.1", "0.01"];
    for coefficient in coefficients {
        for exponent in
            [-169, -168, -167, -132, -131, -130, -129, -128, 0, 123, 124, 125, 126, 127, 128]
        {
            texts.push(format!("{coefficient}E{exponent}"));
            texts.push(format!("-{coefficient}e{exponent:+}"));
        }
    }
    texts
}

/// Texts that are numbers but for a letter or two, and sometimes still are.
fn mutated() -> impl Iterator<Item = String> {
    let mut rng = fastrand::Rng::with_seed(1);
    let letters: Vec<char> = "0123456789..--++eeEE, _xN".chars().collect();
    values(&number(), MUTATED).into_iter().map(move |number| {
        let mut text: Vec<char> = number.as_str().chars().collect();
        for _ in 0..rng.usize(1..3) {
            let at = rng.usize(..text.len());
            match rng.u8(..3) {
                0 if text.len() > 1 => drop(text.remove(at)),
                1 => text[at] = letters[rng.usize(..letters.len())],
                _ => text.insert(at, letters[rng.usize(..letters.len())]),
            }
        }
        text.into_iter().collect()
    })
}

/// What the service says of what is no number.
fn words(error: ParseNumberError, message: &str) -> bool {
    match error.kind() {
        DecodeErrorKind::NumberPrecision => {
            message.ends_with("DynamoDB only supports precision up to 38 digits")
        }
        DecodeErrorKind::NumberRange => {
            message
                .starts_with("Number overflow. Attempting to store a number with magnitude larger")
                || message.starts_with(
                    "Number underflow. Attempting to store a number with magnitude smaller",
                )
        }
        _ => message.contains("cannot be converted"),
    }
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn numbers_are_those_of_the_service() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    let generated =
        values(&number(), GENERATED).into_iter().map(|number| number.as_str().to_owned());
    let cases = edges().into_iter().chain(generated).chain(mutated()).enumerate();
    check_all(cases, |(n, text)| {
        let (client, table) = (backend.dynamodb.clone(), table.clone());
        async move {
            let key = key(&n.to_string());
            let mut item = key.clone();
            item.insert("n".to_owned(), Sdk::N(text.clone()));
            match (put(&client, &table, item).await, text.parse::<Number>()) {
                (Ok(_), Ok(number)) => {
                    let stored = get(&client, &table, key).await;
                    assert_eq!(stored["n"], Sdk::N(number.to_normal_form()), "{text}");
                }
                (Err(message), Err(error)) => {
                    assert!(words(error, &message), "{text}: {error} and {message}");
                }
                (put, parsed) => panic!("{text}: the service says {put:?}, we say {parsed:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn members_of_sets_are_equal_by_value() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    let numbers = values(&number(), 1_000);
    let cases: Vec<(Number, Number)> = numbers
        .chunks_exact(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .chain(
            numbers.iter().map(|number| (number.clone(), number.to_normal_form().parse().unwrap())),
        )
        .collect();
    check_all(cases.into_iter().enumerate(), |(n, (left, right))| {
        let (client, table) = (backend.dynamodb.clone(), table.clone());
        async move {
            let set = Sdk::Ns(vec![left.to_string(), right.to_string()]);
            let mut item: HashMap<String, Sdk> = key(&n.to_string());
            item.insert("ns".to_owned(), set);
            let put = put(&client, &table, item).await;
            assert_eq!(put.is_err(), left == right, "{left} and {right}: {put:?}");
        }
    })
    .await;
}

/// Where DynamoDB Local takes what we refuse: Java takes the digits of all scripts.
#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn digits_of_other_scripts_are_taken_by_dynamodb_local_alone() {
    let backend = reference().await;
    let table = simple_table(&backend).await;
    for text in ["１２", "٣"] {
        let mut item = key("a");
        item.insert("n".to_owned(), Sdk::N(text.to_owned()));
        assert!(put(&backend.dynamodb, &table, item).await.is_ok(), "{text}");
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
}
