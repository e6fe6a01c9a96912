//! The command lines of the help, the documents and the manifests, as the parser takes them.

use super::Cli;
use clap::{CommandFactory, Parser};
use std::path::Path;

/// What a shell or a scheduler puts in.
const VARIABLES: [(&str, &str); 11] = [
    ("$AWS_BATCH_JOB_ARRAY_INDEX", "7"),
    ("$AWS_BATCH_JOB_ARRAY_SIZE", "8"),
    ("$(JOB_COMPLETION_INDEX)", "7"),
    ("$TABLE", "Orders"),
    ("$DEST", "s3://my-backups/orders"),
    ("$1", "orders-2026-03-14"),
    ("$2", "500"),
    ("Ref::dumpId", "orders-2026-03-14"),
    ("!Ref ", ""),
    ("!Sub ", ""),
    ("$KEY", "{}"),
];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of a text with those that a backslash continues in one.
fn lines(text: &str) -> Vec<String> {
    text.replace("\\\n", " ").lines().map(|line| line.trim().to_owned()).collect()
}

/// Parses what stands between `ddbkit` and a comment, a pipe or a redirection.
fn parse(place: &str, line: &str) -> Cli {
    let mut line = line.to_owned();
    for (variable, value) in VARIABLES {
        line = line.replace(variable, value);
    }
    let words = words(&line);
    let words = words.iter().take_while(|word| !["#", "|", ">"].contains(&word.as_str()));
    Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{place}: {line}\n{error}"))
}

/// The words as a shell sees them: what is in quotes belongs together, and the quotes go.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn quotes_hold_words_together() {
    assert_eq!(words(r#"a '{"b c":1}' "d e"f ''"#), ["a", r#"{"b c":1}"#, "d ef", ""]);
}

#[test]
fn the_examples_of_the_help_parse() {
    let cli = Cli::command();
    let mut commands: Vec<_> = cli.get_subcommands().collect();
    let mut seen = 0;
    while let Some(group) = commands.get(seen) {
        let below: Vec<_> = group.get_subcommands().collect();
        commands.extend(below);
        seen += 1;
    }
    for command in commands {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples: Vec<_> =
            lines(&help).into_iter().filter(|line| line.starts_with("ddbkit ")).collect();
        assert_eq!(examples.is_empty(), !help.contains("Examples:"), "{}", command.get_name());
        for example in examples {
            parse(command.get_name(), &example);
        }
    }
}

/// The members of the YAML list below each line `key:`, or the text that is folded within it.
fn lists(yaml: &str, key: &str) -> Vec<String> {
    let mut lists = Vec::new();
    let mut lines = yaml.lines();
    while let Some(line) = lines.by_ref().find(|line| line.trim() == key) {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let below = lines.clone().take_while(|below| indent(below) > indent(line));
        let (members, folded): (Vec<_>, Vec<_>) =
            below.map(str::trim).partition(|line| line.starts_with("- "));
        let members = members.iter().map(|member| member.trim_start_matches("- "));
        lists.push(if folded.is_empty() {
            members.collect::<Vec<_>>().join(" ")
        } else {
            folded.join(" ")
        });
    }
    lists
}

#[test]
fn the_commands_of_the_manifests_parse() {
    for (manifest, key, start) in [
        ("docs/deploy/batch.yaml", "Command:", ""),
        ("docs/deploy/kubernetes/shards.yaml", "args:", "ddbkit "),
        ("docs/deploy/kubernetes/finish.yaml", "args:", "ddbkit "),
    ] {
        let text = read(manifest);
        let commands = lists(&text, key);
        assert!(!commands.is_empty(), "{manifest}");
        for command in commands {
            let command = format!("{start}{}", command.trim_start_matches("exec "));
            let parsed = parse(manifest, &command);
            let super::Command::Dump(dump) = parsed.command else { panic!("{command}") };
            assert_eq!(dump.dump_id.as_deref(), Some("orders-2026-03-14"), "{command}");
            assert!(dump.finish != dump.shard.is_some(), "{command}");
            // The number of shards stands in two places.
            if let Some(shard) = dump.shard.filter(|_| key == "args:") {
                assert!(text.contains(&format!("completions: {}\n", shard.count())), "{command}");
            }
        }
    }
}

#[test]
fn a_wrong_example_is_found() {
    for wrong in ["ddbkit dump Orders", "ddbkit dump A B --shard 8/8 --dump-id x", "ddbkit dmp"] {
        assert!(std::panic::catch_unwind(|| parse("here", wrong)).is_err(), "{wrong}");
    }
}
