//! The part of a command that shows a model.

use crate::task::Task;
use crate::value::Value;

/// Words of context that are shown before what differs.
const HEAD: usize = 5;

/// Excerpt of a task's command: its beginning, and the words that the command without a model does not have.
/// Nothing if the two commands do different things.
pub fn excerpt(task: &Task, without: Option<&Task>) -> Option<String> {
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
