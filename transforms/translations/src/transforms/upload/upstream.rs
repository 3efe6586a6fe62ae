//! The one task whose files an upload is about.

use anyhow::{Result, bail};
use taskgraph_compat::value::{Map, Str, Value};

/// The name of the decision task among dependencies: a task that needs nothing else depends on it.
const DECISION: &str = "decision";

/// Name and label of the one dependency that is not the decision task.
pub(super) fn only(dependencies: &Map) -> Result<(&Str, &Value)> {
    let mut others = dependencies.iter().filter(|(name, _)| &***name != DECISION);
    match (others.next(), others.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => bail!("an upload needs the task whose files it is about among its dependencies"),
        (Some((one, _)), Some((other, _))) => {
            bail!("an upload is about the files of one task, not of both `{one}` and `{other}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_has_to_be_one_and_no_other() {
        let map = |names: &[&str]| names.iter().map(|name| (Str::from(*name), Value::Null)).collect::<Map>();
        assert_eq!(&**only(&map(&["export"])).unwrap().0, "export");
        assert_eq!(&**only(&map(&["decision", "export"])).unwrap().0, "export");
        assert!(only(&map(&[])).is_err());
        assert!(only(&map(&["decision"])).is_err());
        assert!(
            only(&map(&["export", "evaluate"])).unwrap_err().to_string().contains("`export` and `evaluate`")
        );
    }
}
