//! A tree that does not ask for a pretrained student.

use std::fs;

use crate::support::program::call;
use crate::support::student::{form_has_student, student_config};
use crate::support::{checkout, shared};

#[test]
fn a_tree_that_does_not_ask_for_a_student_refuses_one() {
    let Some(tree) = shared("conformance/ftt-2024-12/tree") else { return };
    let tree = checkout(&tree);
    fs::write(tree.path().join("config.yml"), student_config("use", "")).unwrap();
    let native = ["--native", "always"];
    let outcome = call(tree.path(), &[&["graph", "preview", "config.yml"][..], &native].concat());
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
    insta::assert_snapshot!(outcome.err, @"
    error: `train-student` cannot start from a pretrained model
      ╭▸ config.yml:3:5
      │
    3 │     train-student: {urls: [https://models.example.org/ru-en/student], mode: use, type: default}
      │     ━━━━━━━━━━━━━ only train-teacher and train-backwards can
      │
      ├ note: at experiment.pretrained-models.train-student
      ╰ help: the kind `train-student` of this tree does not ask for `training_config.experiment.pretrained-models.train-student`

    1 error; nothing was generated
    ");
    assert!(!form_has_student(tree.path(), &native));
    let schema = call(tree.path(), &[&["config", "schema"][..], &native].concat());
    assert!(schema.out.contains("train-teacher") && !schema.out.contains("train-student"), "{}", schema.err);
    let begun = call(
        tree.path(),
        &[&["config", "init", "en", "fi", "--student", "https://h/s"][..], &native].concat(),
    );
    assert_eq!((begun.status, begun.out.as_str()), (2, ""), "{}", begun.err);
    insta::assert_snapshot!(begun.err, @"
    error: `train-student` cannot start from a pretrained model
       ╭▸ the new config:74:5
       │
    74 │     train-student:
       │     ━━━━━━━━━━━━━ only train-teacher and train-backwards can
       │
       ├ note: at experiment.pretrained-models.train-student
       ╰ help: the kind `train-student` of this tree does not ask for `training_config.experiment.pretrained-models.train-student`

    1 error; nothing was generated
    ");
}
