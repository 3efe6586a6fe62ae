//! A preview for a comment on a pull request: a table, and lists that are folded.

use crate::commands::preview::html::escaped;
use crate::commands::preview::text::duration::duration;
use crate::commands::preview::text::reused::shown_alone;
use crate::commands::preview::text::{Group, groups};
use crate::output_medium::one_line;
use crate::report::{brief, count};
use taskgraph::diagnostics::Problem;
use taskgraph::python_worker::PythonFacts;
use taskgraph_training::{Comparison, EarlierReport, Plan, Report};

/// A comment may be long, but not without end.
const SHOWN: usize = 300;

/// The comment.
pub(super) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    match &report.plan {
        Some(plan) => summary(&mut out, report, plan),
        None => out.push_str(&format!("### {}: refused\n\n", code(&report.config.file))),
    }
    let (errors, warnings) = report.counts();
    problems(&mut out, "error", &report.problems[..errors], true);
    problems(&mut out, "warning", &report.problems[errors..], warnings <= 3);
    if let Some(plan) = &report.plan {
        if let Some(comparison) = &plan.comparison {
            changes(&mut out, comparison);
        }
        if let Some(found) = &plan.earlier {
            earlier(&mut out, found);
        }
        work(&mut out, plan);
    }
    if let Some(python) = report.tree.as_ref().and_then(|tree| tree.python.as_ref()) {
        in_python(&mut out, python);
    }
    if !report.notes.is_empty() {
        let notes: Vec<String> = report.notes.iter().map(|note| text(note)).collect();
        folded(&mut out, &count(notes.len(), "note"), &notes);
    }
    out
}

fn summary(out: &mut String, report: &Report, plan: &Plan) {
    let facts = &plan.facts;
    out.push_str(&format!(
        "### {} → {}, {}\n\n{}: target {}, **{}**\n\n",
        text(&facts.src),
        text(&facts.trg),
        text(&facts.experiment),
        code(&report.config.file),
        code(&facts.target_stage),
        text(&facts.summary)
    ));
    if !plan.models.is_empty() {
        out.push_str("| training | starts | model |\n| --- | --- | --- |\n");
        for kind in &plan.models {
            let urls: Vec<String> =
                kind.members.iter().filter_map(|member| member.url.as_deref()).map(code).collect();
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                code(&kind.kind),
                crate::commands::preview::text::models::words(kind.variant),
                urls.join("<br>")
            ));
        }
        out.push('\n');
    }
    let reused = shown_alone(plan);
    if !reused.is_empty() {
        let items = reused.iter().map(|reused| {
            let urls: Vec<String> = reused.urls.iter().map(|url| code(&url.url)).collect();
            format!("{} of {}: {}", reused.what, code(&reused.path), urls.join(", "))
        });
        folded(out, "reused from earlier runs", &items.collect::<Vec<_>>());
    }
}

fn changes(out: &mut String, comparison: &Comparison) {
    let against = match &comparison.against {
        None => format!("the same config without {}", comparison.without.unwrap_or_default()),
        Some(other) => code(other),
    };
    out.push_str(&format!("Against {against}:\n\n| | tasks |\n| --- | ---: |\n"));
    let groups: Vec<_> = groups(comparison).into_iter().filter(|group| !group.labels.is_empty()).collect();
    for Group { sign, name, labels, .. } in &groups {
        out.push_str(&format!("| {} {name} | {} |\n", code(sign), labels.len()));
    }
    out.push('\n');
    for Group { name, labels, .. } in groups.iter().filter(|group| group.name != "unchanged") {
        let items: Vec<String> = labels.iter().map(|label| code(label)).collect();
        folded(out, &format!("{} {name}", labels.len()), &items);
    }
}

/// Writes the result of the `train` action with earlier groups.
fn earlier(out: &mut String, found: &EarlierReport) {
    let groups: Vec<String> = found.groups.iter().map(|group| code(group.as_str())).collect();
    out.push_str(&format!("Going on from {}:\n\n| | tasks |\n| --- | ---: |\n", groups.join(", ")));
    for (name, number) in crate::commands::preview::text::earlier_groups::rows(found) {
        out.push_str(&format!("| {} | {number} |\n", text(name)));
    }
    out.push('\n');
    for (is_used, title) in [(true, "used again, although they differ"), (false, "run, and differ")] {
        let lines = crate::commands::preview::text::earlier_groups::lines(found)
            .into_iter()
            .filter(|(.., used)| *used == is_used);
        let items: Vec<String> =
            lines.map(|(label, fields, _)| format!("{}: {}", code(&label), text(&fields))).collect();
        if !items.is_empty() {
            folded(out, &format!("{} {title}", items.len()), &items);
        }
    }
}

fn work(out: &mut String, plan: &Plan) {
    let estimate = plan.work.estimate.as_ref();
    let has_cost = estimate.is_some_and(|it| it.money.is_some());
    let mut heads = vec!["tasks", "kind", "worker pool", "at most"];
    heads.extend(estimate.map(|_| ["by earlier runs", "one task"]).into_iter().flatten());
    heads.extend(has_cost.then_some("cost"));
    let mut table =
        format!("| {} |\n| ---: | --- | --- {}|\n", heads.join(" | "), "| ---: ".repeat(heads.len() - 3));
    for row in &plan.work.rows {
        let mut cells = vec![row.tasks.to_string(), code(&row.kind), code(&row.pool), duration(row.seconds)];
        if estimate.is_some() {
            cells.extend([
                crate::commands::preview::text::estimate::sum(&[row]),
                crate::commands::preview::text::estimate::each(&[row]),
            ]);
        }
        cells.extend(has_cost.then(|| crate::commands::preview::text::estimate::cost(&[row])));
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    details(out, "What they run on", &table);
    let Some(estimate) = estimate else { return };
    out.push_str(&format!(
        "Estimated {}\n\n",
        text(&crate::commands::preview::text::estimate::total(estimate, plan.work.totals.tasks))
    ));
    if let Some(path) = &estimate.critical_path {
        let items: Vec<String> = path
            .tasks
            .iter()
            .map(|task| {
                format!(
                    "{}: {}",
                    code(task.label.as_str()),
                    crate::commands::preview::text::estimate::step(task)
                )
            })
            .collect();
        folded(
            out,
            &format!("Critical path: {}", crate::commands::preview::text::estimate::path(path)),
            &items,
        );
    }
}

fn in_python(out: &mut String, python: &PythonFacts) {
    let items = python.reasons.iter().map(|reason| {
        let kinds: Vec<String> = reason.kinds.iter().map(|kind| code(kind)).collect();
        format!("{}: {}", text(&reason.because), kinds.join(", "))
    });
    folded(out, &python.headline(), &items.collect::<Vec<_>>());
}

fn problems(out: &mut String, noun: &str, problems: &[Problem], open: bool) {
    if problems.is_empty() {
        return;
    }
    let items: Vec<String> = problems.iter().map(|problem| text(&brief(problem).join(" — "))).collect();
    let name = format!("**{}**", count(items.len(), noun));
    match open {
        true => {
            out.push_str(&format!("{name}\n\n"));
            items.iter().for_each(|item| out.push_str(&format!("- {item}\n")));
            out.push('\n');
        }
        false => folded(out, &count(items.len(), noun), &items),
    }
}

fn folded(out: &mut String, name: &str, items: &[String]) {
    let mut list: String = items.iter().take(SHOWN).map(|item| format!("- {item}\n")).collect();
    if items.len() > SHOWN {
        list.push_str(&format!("- … and {} more\n", items.len() - SHOWN));
    }
    details(out, name, &list);
}

fn details(out: &mut String, name: &str, inside: &str) {
    out.push_str(&format!("<details><summary>{}</summary>\n\n{inside}\n</details>\n\n", escaped(name)));
}

/// Text that neither Markdown nor HTML reads as anything else.
fn text(text: &str) -> String {
    let mut out = String::new();
    for one in one_line(text).chars() {
        match one {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '*' | '_' | '`' | '[' | ']' | '|' | '~' | '#' | '>' | '!' => out.extend(['\\', one]),
            // What looks like a person would be called.
            '@' => out.push_str("@\u{200b}"),
            one => out.push(one),
        }
    }
    out
}

/// Text as code, which a backtick in it does not end.
fn code(text: &str) -> String {
    let text = escaped(&one_line(text)).replace('`', "&#96;").replace('|', "&#124;");
    format!("<code>{text}</code>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::python_worker::Because;

    #[test]
    fn kinds_in_python_are_named_with_the_reason() {
        let because = [Because::NoNative("own.one".into()), Because::NoNative("own.two".into())];
        let kinds = ["a".into(), "b".into(), "c".into()];
        let of = [(&kinds[0], &because[0]), (&kinds[1], &because[1]), (&kinds[2], &because[0])];
        let mut out = String::new();
        in_python(&mut out, &PythonFacts::of("15.1.3", of.into_iter(), 9).unwrap());
        assert_eq!(
            out,
            "<details><summary>3 of 9 kinds made by Python with Taskgraph 15.1.3</summary>\n\n\
             - \\`own.one\\` has no native equal: <code>a</code>, <code>c</code>\n\
             - \\`own.two\\` has no native equal: <code>b</code>\n\n</details>\n\n"
        );
    }

    #[test]
    fn names_are_text() {
        assert_eq!(code("a`|<b>@me"), "<code>a&#96;&#124;&lt;b&gt;@me</code>");
        assert_eq!(text("see [x](y) <img> @me"), "see \\[x\\](y) &lt;img\\> @\u{200b}me");
    }
}
