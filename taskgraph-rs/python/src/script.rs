//! The program that the interpreter runs. It is inside the binary, so that nothing has to be installed beside it.

use serde_json::json;

/// Program for `python -c`: it takes the protocol's pipes for itself and reads [`first_frame`].
pub(crate) const BOOTSTRAP: &str = include_str!("../worker/bootstrap.py");

/// The modules of the worker, by name.
const MODULES: &[(&str, &str)] = &[
    ("encoding", include_str!("../worker/encoding.py")),
    ("errors", include_str!("../worker/errors.py")),
    ("forks", include_str!("../worker/forks.py")),
    ("graphs", include_str!("../worker/graphs.py")),
    ("kinds", include_str!("../worker/kinds.py")),
    ("main", include_str!("../worker/main.py")),
    ("methods", include_str!("../worker/methods.py")),
    ("optimization", include_str!("../worker/optimization.py")),
    ("protocol", include_str!("../worker/protocol.py")),
    ("registries", include_str!("../worker/registries.py")),
    ("repetitions", include_str!("../worker/repetitions.py")),
    ("schemas", include_str!("../worker/schemas.py")),
    ("sessions", include_str!("../worker/sessions.py")),
    ("snapshot", include_str!("../worker/snapshot.py")),
    ("surroundings", include_str!("../worker/surroundings.py")),
    ("tasks", include_str!("../worker/tasks.py")),
    ("tree", include_str!("../worker/tree.py")),
    ("watcher", include_str!("../worker/watcher.py")),
];

/// The module whose function `main` serves requests.
const MAIN: &str = "main";

/// Returns the first frame that the bootstrap reads.
pub(crate) fn first_frame() -> Vec<u8> {
    let modules: serde_json::Map<_, _> =
        MODULES.iter().map(|(name, source)| ((*name).to_owned(), json!(source))).collect();
    json!({ "modules": modules, "main": MAIN }).to_string().into_bytes()
}
