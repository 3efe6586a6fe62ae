//! The part of a training command that shows the model.

use taskgraph::task::Task;
use taskgraph_compat::value::Value;

/// Words of context that are shown before what differs.
const HEAD: usize = 5;

/// Excerpt of a task's command: its beginning, and the words that the command without a model does not have.
/// Nothing if the two commands do different things.
pub(crate) fn excerpt(task: &Task, without: Option<&Task>) -> Option<String> {
    let words = last_command(task);
    let Some(other) = without.map(last_command) else { return Some(shorten(&words)) };
    if words.first() != other.first() {
        return None;
    }
    let same = words.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = words.len().min(other.len()) - same;
    let tail = words.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
    let (start, end) = (same, words.len() - tail);
    if start == end {
        return Some(shorten(&words));
    }
    let head = start.min(HEAD);
    let mut shown: Vec<&str> = words[..head].iter().map(String::as_str).collect();
    if head < start {
        shown.push("…");
    }
    shown.extend(words[start..end].iter().map(String::as_str));
    if tail > 0 {
        shown.push("…");
    }
    Some(shown.join(" "))
}

fn shorten(words: &[String]) -> String {
    match words.len() <= 2 * HEAD {
        true => words.join(" "),
        false => format!("{} … {}", words[..HEAD].join(" "), words[words.len() - 2..].join(" ")),
    }
}

/// The words of the last command that a task runs: the arguments behind its script, or the last line of the script.
/// The program is shown without its folder.
fn last_command(task: &Task) -> Vec<String> {
    let command = task.definition.get("payload").and_then(|payload| payload.get("command"));
    let items = command.and_then(Value::as_list).unwrap_or_default();
    let items = items.last().and_then(Value::as_list).unwrap_or(items);
    let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    let is_script = |text: &&str| text.contains(char::is_whitespace);
    let mut words: Vec<String> = match texts.iter().rposition(is_script) {
        Some(script) if script + 1 < texts.len() => {
            texts[script + 1..].iter().map(|word| (*word).into()).collect()
        }
        Some(script) => {
            let last = texts[script].lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
            let last = last.rsplit("&&").next().unwrap_or_default();
            last.split_whitespace().map(str::to_owned).collect()
        }
        None => texts.iter().map(|word| (*word).to_owned()).collect(),
    };
    if let Some(program) = words.first_mut()
        && let Some((_, name)) = program.rsplit_once('/')
    {
        *program = name.to_owned();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::task;

    fn shown(command: &str, without: Option<&str>) -> Option<String> {
        let with = |command: &str| task("t", &[], "{}", &format!("{{payload: {{command: {command}}}}}"));
        excerpt(&with(command), without.map(with).as_ref())
    }

    #[test]
    fn the_words_that_a_model_brings_are_shown() {
        let script = |mode: &str| {
            format!(
                "[[chmod, x], [run, --, bash, -cx, 'pip install x && $A/b/train.py a b c d e {mode} --after 5']]"
            )
        };
        assert_eq!(
            shown(&script("continue default"), Some(&script("None None"))).unwrap(),
            "train.py a b c d … continue default …"
        );
        let arguments = |more: &str| format!("[[bash, -c, 'set -e; train $1', train, {more}]]");
        assert_eq!(
            shown(
                &arguments("artifacts/vocab.spm, --pretrained-model, m"),
                Some(&arguments("fetches/vocab.spm"))
            )
            .unwrap(),
            "train artifacts/vocab.spm --pretrained-model m"
        );
    }

    #[test]
    fn commands_that_do_different_things_have_no_such_part() {
        assert_eq!(shown("[[bash, -c, 'sha256sum a b']]", Some("[[bash, -c, 'train a b']]")), None);
        assert_eq!(shown("[a, b]", None).as_deref(), Some("a b"));
        assert_eq!(shown("[]", None).as_deref(), Some(""));
        assert_eq!(shown("[a b c d e f g h i j k l m]", None).as_deref(), Some("a b c d e … l m"));
    }
}
