//! The commands of the documents that deploy a stack give it the parameters that it has.

use std::collections::BTreeSet;

use super::Faults;
use super::files::TextFile;

const DEPLOY: &str = "aws cloudformation deploy ";

pub(super) fn check(files: &[TextFile]) -> Faults {
    let mut faults = Faults::new();
    for page in files {
        let text = page.text.replace("\\\n", " ");
        for command in text.lines().filter(|line| line.starts_with(DEPLOY)) {
            let template = after(command, "--template-file").next().unwrap_or_default();
            let found = files.iter().find(|file| file.path == template);
            faults.extend(match found {
                None => vec![format!("{}: there is no template {template:?}", page.path)],
                Some(template) => compare(page, template, command),
            });
        }
    }
    faults
}

/// The words behind an option, up to the next.
fn after<'a>(command: &'a str, option: &str) -> impl Iterator<Item = &'a str> {
    let option = option.to_owned();
    let words = command.split_whitespace().skip_while(move |word| *word != option).skip(1);
    words.take_while(|word| !word.starts_with("--"))
}

fn compare(page: &TextFile, template: &TextFile, command: &str) -> Faults {
    let pairs = after(command, "--parameter-overrides").filter_map(|word| word.split_once('='));
    let given: BTreeSet<&str> = pairs.map(|(name, _)| name).collect();
    let (known, needed) = parameters(&template.text);
    let (page, template) = (&page.path, &template.path);
    let unknown = given.difference(&known).map(|name| format!("has no parameter {name}"));
    let lacking = needed.difference(&given).map(|name| format!("needs the parameter {name}"));
    unknown.chain(lacking).map(|fault| format!("{page}: {template} {fault}")).collect()
}

/// The parameters of a template, and those of them that have no default.
fn parameters(template: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let (mut known, mut needed, mut current) = (BTreeSet::new(), BTreeSet::new(), None);
    let below = template.lines().skip_while(|line| *line != "Parameters:").skip(1);
    for line in below.take_while(|line| line.is_empty() || line.starts_with(' ')) {
        let word = line.trim();
        let indent = line.len() - line.trim_start().len();
        if indent == 2
            && let Some(name) = word.strip_suffix(':')
        {
            known.insert(name);
            needed.insert(name);
            current = Some(name);
        } else if word.starts_with("Default:")
            && let Some(name) = current
        {
            needed.remove(name);
        }
    }
    (known, needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "Parameters:\n  A:\n    Type: String\n  B:\n    Type: String\n    Default: x\n\nResources:\n  C:\n";

    fn faults(overrides: &str) -> Faults {
        let page = format!(
            "```sh\n{DEPLOY}--template-file t.yaml \\\n  --parameter-overrides {overrides}\n```\n"
        );
        let file =
            |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        check(&[file("p.md", &page), file("t.yaml", TEMPLATE)])
    }

    #[test]
    fn parameters_that_are_there_and_all_that_are_needed() {
        assert_eq!(faults("A=1 B=2 --stack-name s"), [""; 0]);
        assert_eq!(faults("A=1"), [""; 0]);
    }

    #[test]
    fn unknown_and_lacking_ones_are_named() {
        assert_eq!(
            faults("C=1"),
            ["p.md: t.yaml has no parameter C", "p.md: t.yaml needs the parameter A"]
        );
    }

    #[test]
    fn a_template_that_is_gone_is_named() {
        let text = format!("{DEPLOY}--template-file t.yaml\n");
        let page = TextFile { path: "p.md".to_owned(), text };
        assert_eq!(check(&[page]), ["p.md: there is no template \"t.yaml\""]);
    }
}
