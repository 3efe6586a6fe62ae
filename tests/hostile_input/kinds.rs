//! Kinds: names that lead elsewhere, numbers that explode, cycles.

use std::fs;

use crate::folder::{Folder, kind, task};

#[test]
fn kinds_in_a_circle_are_refused_with_the_way_round() {
    let folder = Folder::kind("kind-dependencies: [j]\n");
    folder.file("taskcluster/kinds/j/kind.yml", "kind-dependencies: [k]\n");
    folder.full(&[]).refused(&["kinds depend on each other in a cycle: `j` → `k` → `j`"]);
    Folder::kind("kind-dependencies: [k]\n").full(&[]).refused(&["in a cycle: `k` → `k`"]);
}

#[test]
fn names_of_kinds_lead_nowhere_else() {
    for name in ["../k", "/etc", "k/../k", ".", "..", "k/", ""] {
        let folder = Folder::kind(format!("kind-dependencies: [{name:?}]\n"));
        folder.full(&[]).refused(&[&format!("unknown kind `{name}`"), "kind.yml:1:21"]);
        folder.full(&["-k", name]).refused(&[&format!("unknown kind `{name}`")]);
    }
}

#[test]
fn tasks_come_from_the_folder_of_the_kind_alone() {
    let from = |file: &str| Folder::kind(kind(&[], &task("one", "")) + &format!("tasks-from: [{file:?}]\n"));
    let folder = from("../../../tasks.yml");
    folder.file("tasks.yml", "{}");
    folder.full(&[]).refused(&["`kinds/k/../../../tasks.yml` leaves the tree"]);
    from("/etc/passwd")
        .full(&[])
        .refused(&["there is no `/etc/passwd` in `taskcluster/kinds/k`", "kind.yml:5:"]);
    from("tasks.yml").full(&[]).refused(&["there is no `tasks.yml` in `taskcluster/kinds/k`"]);
    from("tasks\0.yml").full(&[]).refused(&[]);
    let folder = from("pipe.yml");
    let pipe = folder.path().join("taskcluster/kinds/k/pipe.yml");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    folder.full(&[]).refused(&["there is no `pipe.yml`"]);
}

#[test]
fn links_that_leave_the_repository_are_not_followed() {
    let outside = Folder::empty();
    outside.file("k2/kind.yml", kind(&[], &task("one", "")));
    outside.file("tasks.yml", task("two", "").trim_start());
    let reported = ["leads out of the repository by a link"];

    let folder = Folder::kind(kind(&[], &task("one", "")) + "tasks-from: [tasks.yml]\n");
    folder.link("taskcluster/kinds/k/tasks.yml", outside.path().join("tasks.yml"));
    folder.full(&[]).refused(&reported);
    let folder = Folder::tasks(&[], &task("one", ""));
    folder.link("taskcluster/kinds/k2", outside.path().join("k2"));
    folder.full(&[]).refused(&reported);
    let folder = Folder::tasks(&[], &task("one", ""));
    fs::remove_file(folder.path().join("taskcluster/config.yml")).unwrap();
    folder.link("taskcluster/config.yml", outside.path().join("tasks.yml"));
    folder.full(&[]).refused(&reported);
}

#[test]
fn links_inside_the_repository_are_followed_and_rings_of_them_are_no_kinds() {
    let folder = Folder::kind(kind(&[], &task("one", "")) + "tasks-from: [tasks.yml]\n");
    folder.file("shared/tasks.yml", task("two", "").trim_start());
    folder.link("taskcluster/kinds/k/tasks.yml", "../../../shared/tasks.yml");
    folder.link("taskcluster/kinds/ring", "ring");
    folder.link("taskcluster/kinds/up", "../kinds");
    assert_eq!(folder.full(&[]).fine(), "k-one\nk-two\n");
}

#[test]
fn a_misspelled_key_of_a_kind_is_told() {
    let text = kind(&[], &task("one", ""));
    let expected = [
        "nothing reads the key `transfroms` of kind `k`",
        "did you mean `transforms`?",
        "kind.yml:2:1",
        "missing key `label`",
    ];
    Folder::kind(text.replace("transforms:", "transfroms:")).full(&[]).refused(&expected);
    let outcome = Folder::kind(text.clone() + "Tasks_From: [x.yml]\n").full(&[]);
    assert_eq!((outcome.status, &*outcome.out), (0, "k-one\n"), "{}", outcome.err);
    assert!(outcome.err.contains("did you mean `tasks-from`?"), "{}", outcome.err);
    // Any other key may be there for somebody to read.
    let outcome = Folder::kind(text + "owner: somebody\n").full(&[]);
    assert!(outcome.status == 0 && !outcome.err.contains("nothing reads"), "{}", outcome.err);
}

#[test]
fn a_kind_yml_that_is_no_file_is_refused() {
    let folder = Folder::tasks(&[], &task("one", ""));
    fs::create_dir_all(folder.path().join("taskcluster/kinds/folder/kind.yml")).unwrap();
    let kinds = folder.path().join("taskcluster/kinds");
    fs::create_dir(kinds.join("pipe")).unwrap();
    let pipe = kinds.join("pipe/kind.yml");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    folder.full(&[]).refused(&["folder/kind.yml` is not a file", "pipe/kind.yml` is not a file"]);
    // A kind that nobody asked for is not looked at.
    assert_eq!(folder.full(&["-k", "k"]).fine(), "k-one\n");
}

fn image(dockerfile: &str) -> Folder {
    let folder = Folder::tasks(&[], &task("one", ""));
    let images = kind(&["docker_image", "cached_tasks"], "    base: {symbol: I(base)}\n");
    folder.file("taskcluster/kinds/docker-image/kind.yml", images);
    folder.file("taskcluster/docker/base/Dockerfile", dockerfile);
    folder
}

#[test]
fn docker_contexts_have_nothing_from_outside_the_repository() {
    assert_eq!(image("FROM debian\n").full(&[]).fine(), "docker-image-base\nk-one\n");
    for path in ["../x", "a/../../x", "taskcluster/../.."] {
        image(&format!("# %include {path}\n")).full(&[]).refused(&["includes a path outside the repository"]);
    }
    image("# %include /etc/passwd\n").full(&[]).refused(&["only paths from the top of the repository"]);
    image("# %include nowhere\n").full(&[]).refused(&["which does not exist"]);
    image("# %ARG X\n").full(&[]).refused(&["needs the argument `X`"]);
    let reported = ["leads out of the repository by a link"];
    let outside = Folder::empty();
    outside.file("folder/file", "x");
    for (link, target) in [("file", "folder/file"), ("folder", "folder")] {
        let folder = image(&format!("# %include {link}\n"));
        folder.link(link, outside.path().join(target));
        folder.full(&[]).refused(&reported);
    }
    let folder = image("FROM debian\n");
    folder.link("taskcluster/docker/base/file", outside.path().join("folder/file"));
    folder.full(&[]).refused(&reported);
    let folder = image("FROM debian\n");
    fs::remove_dir_all(folder.path().join("taskcluster/docker/base")).unwrap();
    folder.full(&[]).refused(&["there is no `Dockerfile` in `taskcluster/docker/base`"]);
}

#[test]
fn byte_code_is_part_of_a_docker_context_until_taskgraph_19_1() {
    let graph = |version: &str, file: &str| {
        let folder = image("FROM debian\n# %include shared\n");
        folder.file("taskcluster/requirements.txt", format!("taskcluster-taskgraph=={version}\n"));
        folder.file("shared/a.py", "");
        folder.file(file, "x");
        folder.full(&["-J"]).fine()
    };
    for folder in ["taskcluster/docker/base", "shared"] {
        for (version, is_part) in [("15.1.3", true), ("24.5.1", false)] {
            let without = graph(version, "other");
            let with = graph(version, &format!("{folder}/__pycache__/a.cpython-312.pyc"));
            assert_eq!(without != with, is_part, "{version} {folder}");
            assert_ne!(graph(version, &format!("{folder}/__pycache__")), without, "a file is no folder");
        }
    }
}

#[test]
fn pipes_and_rings_in_a_docker_context_are_refused() {
    let folder = image("FROM debian\n");
    let pipe = folder.path().join("taskcluster/docker/base/pipe");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    folder.full(&[]).refused(&["pipe` is not a file"]);
    let folder = image("FROM debian\n# %include loop\n");
    folder.link("loop", "loop");
    folder.full(&[]).refused(&["which does not exist"]);
    let folder = image("FROM debian\n# %include .\n");
    folder.link("loop", "loop");
    folder.full(&[]).refused(&["cannot be read for the context of `base`"]);
}

fn chunked(total: &str) -> Folder {
    let chunk = format!("chunk: {{total-chunks: {total}, substitution-fields: [name]}}");
    Folder::tasks(&["chunking"], &task("a-{this_chunk}", &chunk))
}

#[test]
fn no_chunks_make_no_task_as_in_the_reference() {
    assert_eq!(chunked("0").full(&[]).fine(), "");
    assert_eq!(chunked("-1").full(&[]).fine(), "");
    assert_eq!(chunked("2").full(&[]).fine(), "k-a-1\nk-a-2\n");
}

#[test]
fn a_thousand_million_chunks_are_refused() {
    for total in ["1000000000", "99999999999999999999"] {
        chunked(total).full(&[]).refused(&["at most 100000 chunks can be made", "kind.yml:4:"]);
    }
    chunked("1.5").full(&[]).refused(&["`total-chunks` must be an integer"]);
}

#[test]
fn a_matrix_that_explodes_is_refused() {
    let values = vec!["x"; 20].join(", ");
    let axes: Vec<String> = (0..12).map(|axis| format!("a{axis}: [{values}]")).collect();
    let folder = Folder::tasks(&["matrix"], &task("one", &format!("matrix: {{{}}}", axes.join(", "))));
    folder.full(&[]).refused(&["`matrix` has more than 500000 combinations"]);
}

#[test]
fn templates_reach_neither_attributes_nor_huge_widths() {
    for (template, reported) in [
        ("{this_chunk.__class__}", "values have keys, not attributes"),
        ("{this_chunk:>9999999999}", "a width or precision of more than 10000"),
        ("{this_chunk:.99999999f}", "a width or precision of more than 10000"),
        ("{this_chunk[__class__]}", "an integer has no item `__class__`"),
        ("{this_chunk:{this_chunk:{this_chunk}}}", "fields are nested too deeply"),
        ("{0}", "fields have names here, not positions"),
        ("{this_chunk!x}", "unknown conversion `!x`"),
        ("{", "a brace that means itself is written twice"),
    ] {
        let chunk = format!(
            "chunk: {{total-chunks: 1, substitution-fields: [attributes.a]}}, attributes: {{a: {template:?}}}"
        );
        Folder::tasks(&["chunking"], &task("one", &chunk)).full(&[]).refused(&[reported, "kind.yml:4:5"]);
    }
    let wide = format!("attributes: {{a: {:?}}}", "{this_chunk:9999}".repeat(10_000));
    let chunk = format!("chunk: {{total-chunks: 1, substitution-fields: [attributes.a]}}, {wide}");
    Folder::tasks(&["chunking"], &task("one", &chunk)).full(&[]).refused(&["grows beyond 64 MiB"]);
}

#[test]
fn regular_expressions_that_explode_end_in_an_error() {
    let on = |pattern: &str| Folder::tasks(&[], &task("one", &format!("run-on-git-branches: [{pattern:?}]")));
    let target = |folder: &Folder| {
        let branch = "a".repeat(60);
        let parameters = fs::read_to_string(folder.path().join("p.yml")).unwrap();
        let parameters = parameters.replace("head_ref: main", &format!("head_ref: {branch}!"));
        folder.file("q.yml", parameters + "repository_type: git\n");
        folder.call(&["target", "-p", "q.yml"])
    };
    // The first runs in linear time; the second has to step back.
    assert_eq!(target(&on("(a*)*b")).fine(), "");
    target(&on(r"(a|a|aa)*\1!x")).refused(&["takes too many steps"]);
    target(&on("((((a{200}){200}){200}){200})")).refused(&["is not a regular expression"]);
    target(&on(&"(".repeat(10_000))).refused(&["is not a regular expression"]);
}

#[test]
fn labels_and_routes_beyond_the_limits_of_taskcluster_are_refused() {
    let reported =
        Folder::tasks(&[], &task(&"x".repeat(500), "")).full(&[]).refused(&["a label of 502 characters"]);
    assert!(reported.len() < 3_000, "{reported}");
    let route = format!("routes: [\"a.{}\"]", "y".repeat(250));
    Folder::tasks(&[], &task("one", &route)).full(&[]).refused(&["`k-one` has a route of 252 characters"]);
    assert_eq!(Folder::tasks(&[], &task(&"x".repeat(253), "")).full(&[]).fine().len(), 256);
    let long =
        format!("    ? {}\n    :{}", "x".repeat(200_000), task("", "").trim_start().trim_start_matches(':'));
    assert!(Folder::tasks(&[], &long).full(&[]).refused(&["a label of 200002 characters"]).len() < 10_000);
}

#[test]
fn labels_that_two_kinds_make_are_refused_with_both_places() {
    let folder = Folder::tasks(&[], &task("a-b", ""));
    folder.file("taskcluster/kinds/k-a/kind.yml", kind(&[], &task("b", "")));
    folder.full(&[]).refused(&[
        "two tasks have the label `k-a-b`",
        "kinds/k/kind.yml:4:5",
        "kinds/k-a/kind.yml:4:5",
    ]);
}

#[test]
fn tasks_in_a_circle_are_refused() {
    let one = |on: &str| task("one", &format!("dependencies: {{x: {on}}}"));
    Folder::tasks(&[], &one("k-one")).full(&[]).refused(&["in a cycle: `k-one` → `k-one`", "kind.yml:4:"]);
    let two = one("k-two") + &task("two", "dependencies: {x: k-one}");
    Folder::tasks(&[], &two).full(&[]).refused(&["in a cycle: `k-one` → `k-two` → `k-one`"]);
}

#[test]
fn a_circle_that_only_parameters_bring_about_is_refused() {
    let context = "task-context: {from-parameters: {to: project}, substitution-fields: [dependencies]}";
    let tasks = task("one", &format!("dependencies: {{x: \"k-{{to}}\"}}, {context}"))
        + &task("two", "dependencies: {x: k-one}")
        + &task("tree", "");
    let folder = Folder::tasks(&["task_context"], &tasks);
    assert_eq!(folder.full(&[]).fine(), "k-one\nk-tree\nk-two\n");
    let parameters = fs::read_to_string(folder.path().join("p.yml")).unwrap();
    folder.file("q.yml", parameters.replace("project: tree", "project: two"));
    folder.call(&["full", "-p", "q.yml"]).refused(&["in a cycle: `k-one` → `k-two` → `k-one`"]);
}

#[test]
fn a_long_row_of_tasks_is_no_circle() {
    let mut tasks = task("t0", "");
    for number in 1..5_000 {
        tasks += &task(&format!("t{number}"), &format!("dependencies: {{x: k-t{}}}", number - 1));
    }
    assert_eq!(
        Folder::tasks(&[], &tasks).call(&["target-graph", "-p", "p.yml"]).fine().lines().count(),
        5_000
    );
}

#[test]
fn ten_thousand_problems_are_reported_in_few_lines() {
    let missing: String = (0..10_000)
        .map(|at| task(&format!("t{at}"), &format!("dependencies: {{x: nowhere-{at}}}")))
        .collect();
    let reported = Folder::tasks(&[], &missing).full(&[]).refused(&["… and 9900 more", "10000 errors"]);
    assert!(reported.lines().count() < 1_500, "{} lines", reported.lines().count());
    let wrong: String = (0..10_000).map(|at| format!("    t{at}: {{x: 1}}\n")).collect();
    let reported = Folder::tasks(&[], &wrong).full(&[]).refused(&["… and"]);
    assert!(reported.lines().count() < 1_500, "{} lines", reported.lines().count());
}
