//! The role of a repository, and whether a task may run an action of it.

use crate::actions::action::Action;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::parameters::Params;
use taskgraph_compat::suggest;

/// The hosts of repositories that roles are made for.
const HOSTS: [&str; 3] = ["github.com", "gist.github.com", "hg.mozilla.org"];

/// Prefixes of repository urls that are not web addresses.
const SCHEMES: [&str; 6] = ["hg::https://", "git+https://", "https://", "git://", "hg://", "ssh://"];

/// The reason why a url without a path has no role.
const NO_PATH: &str = "there is no path in it";

/// Returns the start of a repository's roles, `repo:github.com/mozilla/translations`, or the reason why it has none.
/// Python: `mozilla_repo_urls`, `taskcluster_role_prefix`.
pub fn role_prefix(url: &str) -> Result<String, String> {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
    // `git@github.com:owner/name` is how ssh is written without a scheme.
    let rest = match (rest, url.strip_prefix("git@").and_then(|rest| rest.split_once(':'))) {
        (Some(rest), _) => rest.to_owned(),
        (None, Some((host, path))) => format!("{host}/{path}"),
        (None, None) => return Err("no url of a repository".into()),
    };
    let Some((host, path)) = rest.split_once('/') else { return Err(NO_PATH.into()) };
    let host = host.rsplit('@').next().unwrap_or(host);
    if !HOSTS.contains(&host) {
        return Err(format!("its host has to be {}", suggest::list(HOSTS)));
    }
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if path.is_empty() {
        return Err(NO_PATH.into());
    }
    Ok(format!("repo:{host}/{path}"))
}

/// The scopes one of which a task needs that runs an action: of the repository that the code is from, and for
/// pull requests of the one that it goes to.
pub fn scopes(action: &Action, params: &Params) -> Result<[String; 2]> {
    let mut problems = Vec::new();
    let mut prefix = |parameter: &str| {
        let url = params.text(parameter);
        role_prefix(url).unwrap_or_else(|error| {
            let path = parameter.into();
            let message = format!("`{parameter}` is `{url}`: {error}");
            let problem = Problem::error("wrong-value", message)
                .at(params.path_in_file(&path), "the role that an action needs is made of it")
                .in_place(params.place_of_value(&path));
            problems.push(problem);
            String::new()
        })
    };
    let (head, base) = (prefix("head_repository"), prefix("base_repository"));
    Problems(problems).check()?;
    let permission = action.permission;
    Ok([format!("assume:{head}:action:{permission}"), format!("assume:{base}:pr-action:{permission}")])
}

/// Refuses an action that was started by the hook of another permission. The scope has to be there letter by letter:
/// a hook has the one of its own permission. Python: `sanity_check_task_scope`.
pub fn check_scopes(action: &Action, params: &Params, current: &[String]) -> Result<()> {
    let wanted = scopes(action, params)?;
    if wanted.iter().any(|scope| current.contains(scope)) {
        return Ok(());
    }
    let message =
        format!("this task may not run the action `{}` of {}", action.callback_name, params.text("project"));
    let label = format!("it needs the scope {}", suggest::list(wanted.map(|scope| format!("`{scope}`"))));
    let help = format!("trigger the action through the hook that actions.json names for `{}`", action.name);
    Err(Problems::from(Problem::error("scope", message).at("".into(), label).help(help)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_host_and_path_of_the_repository() {
        for url in [
            "https://github.com/mozilla/translations",
            "https://github.com/mozilla/translations/",
            "https://github.com/mozilla/translations.git",
            "https://user:word@github.com/mozilla/translations",
            "git@github.com:mozilla/translations.git",
            "ssh://git@github.com/mozilla/translations",
            "git://github.com/mozilla/translations",
        ] {
            assert_eq!(role_prefix(url).unwrap(), "repo:github.com/mozilla/translations", "{url}");
        }
        assert_eq!(
            role_prefix("https://hg.mozilla.org/mozilla-central").unwrap(),
            "repo:hg.mozilla.org/mozilla-central"
        );
    }

    #[test]
    fn what_has_no_role_is_refused() {
        let message = |url| role_prefix(url).unwrap_err();
        assert_eq!(message(""), "no url of a repository");
        assert_eq!(message("https://github.com/"), "there is no path in it");
        assert_eq!(
            message("https://example.org/a/b"),
            "its host has to be github.com, gist.github.com or hg.mozilla.org"
        );
    }
}
