//! Pointers that do not resolve are found, each by what is wrong with it.

use super::bench::Bench;
use ddbkit_flow::Control;
use ddbkit_offload::{ItemKey, ProblemKind, VerifyOptions};

#[tokio::test]
async fn what_is_wrong_is_told() {
    let bench = Bench::new().await;
    let good = bench.object(1, "good").await;
    bench.point(1, &good).await;
    let gone = bench.object(2, "gone").await;
    bench.point(2, &gone).await;
    let s3 = &bench.backend.s3;
    s3.delete_object().bucket(&bench.bucket).key(&gone.key).send().await.unwrap();
    let longer = bench.object(3, "longer").await;
    bench.put_foreign(&longer.key).await;
    let mut short = longer.clone();
    (short.stored_len, short.len) = (5, 5);
    bench.point(3, &short).await;
    let other_bytes = bench.object(4, "others").await;
    bench.put_foreign(&other_bytes.key).await;
    bench.point(4, &other_bytes).await;
    bench.point(5, &good).await;

    let collector = bench.collector().await;
    let mut options = VerifyOptions::default();
    for hashes in [false, true] {
        options.hashes = hashes;
        let report = collector.verify(&options, &Control::new()).await.unwrap();
        let mut kinds: Vec<_> = report.problems.iter().map(|problem| problem.kind).collect();
        kinds.sort_unstable();
        let mut expected = vec![ProblemKind::Dangling, ProblemKind::Length, ProblemKind::Foreign];
        if hashes {
            expected.insert(2, ProblemKind::Hash);
        }
        assert_eq!(kinds, expected);
        assert_eq!((report.items, report.pointers, report.bad), (5, 5, expected.len() as u64));
        let dangling = report.problems.iter().find(|one| one.kind == ProblemKind::Dangling);
        let dangling = dangling.unwrap();
        let item = ItemKey::of_item(&bench.table, &bench.schema, &bench.key(2)).unwrap();
        assert_eq!(dangling.owner, item.owner().to_string());
        assert_eq!((dangling.attribute.as_str(), &dangling.object), ("body", &gone.key));
    }
}
