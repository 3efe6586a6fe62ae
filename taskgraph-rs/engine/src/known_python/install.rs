//! Ways to install the packages that a tree asks for.

use crate::known_python::package::Package;
use crate::known_python::pin::{Pin, Pins};
use crate::known_python::rule::Rule;

/// The arguments of `pip install` for Taskgraph, and for what else of it a tree asks for, in the versions that it pins:
/// `taskcluster-taskgraph==15.1.3 mozilla-taskgraph==3.4.2`.
pub fn requirements(pins: &Pins) -> String {
    let wanted = Package::ALL.into_iter().filter_map(|package| match pins.decisive(package) {
        Some(pin) => Some(requirement(pin)),
        // A tree that says nothing of Taskgraph needs it all the same.
        None => (package == Package::Taskgraph || pins.all(package).next().is_some())
            .then(|| package.name().to_owned()),
    });
    wanted.collect::<Vec<_>>().join(" ")
}

/// A pin as pip takes it, with quotes where a shell needs them.
fn requirement(pin: &Pin) -> String {
    let name = pin.package.name();
    match &pin.rule {
        Rule::Exactly(version) => format!("{name}=={version}"),
        // `taskgraph:decision-v15`
        Rule::Range(_) if pin.text.starts_with("decision-v") => {
            format!("'{name}=={}.*'", &pin.text["decision-v".len()..])
        }
        // What poetry means by `^` and `~`, pip does not know.
        Rule::Range(_) if is_for_pip(&pin.text) => format!("'{name}{}'", pin.text.replace(' ', "")),
        Rule::Other if pin.text.contains("://") && !pin.text.contains(['\'', ' ']) => {
            format!("'{name} @ {}'", pin.text)
        }
        _ => name.to_owned(),
    }
}

fn is_for_pip(text: &str) -> bool {
    let is_known = |part: &str| ["==", "!=", "~=", "<", ">"].iter().any(|sign| part.trim().starts_with(sign));
    text.split(',').all(is_known) && !text.contains('\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::testing::Folder;

    #[test]
    fn pip_gets_what_the_tree_pins() {
        for (file, text, reported) in [
            ("taskcluster/requirements.txt", "", "taskcluster-taskgraph"),
            (
                "taskcluster/requirements.txt",
                "taskcluster-taskgraph[x]==15.1.3",
                "taskcluster-taskgraph==15.1.3",
            ),
            (
                "taskcluster/requirements.txt",
                "mozilla-taskgraph==3.4.2\ntaskcluster-taskgraph >= 15, < 16",
                "'taskcluster-taskgraph>=15,<16' mozilla-taskgraph==3.4.2",
            ),
            (
                "taskcluster/requirements.txt",
                "taskcluster-taskgraph @ git+https://example.org/t@main",
                "'taskcluster-taskgraph @ git+https://example.org/t@main'",
            ),
            (".taskcluster.yml", "image: taskgraph:decision-v15@sha256:0", "'taskcluster-taskgraph==15.*'"),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\ntaskcluster-taskgraph = \"^14.1.1\"\n",
                "taskcluster-taskgraph",
            ),
        ] {
            assert_eq!(requirements(&Pins::of(&Folder::new(&[(file, text)]).tree())), reported);
        }
    }
}
