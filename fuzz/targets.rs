//! Fuzz targets: each input is read or refused, and nothing else happens.

use taskgraph::keyed_by::evaluate;
use taskgraph::parameters::{LoadedValues, Params, check};
use taskgraph_compat::python::{Regex, format, format_partial};
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Value;
use taskgraph_compat::{map, yaml};
use taskgraph_transforms::docker_image::dockerfile::expand;

/// A name, and what is done with the input.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All targets. The seeds of each lie in `seeds/NAME`.
pub(crate) const TARGETS: &[Target] = &[
    ("yaml", yaml_reader),
    ("format", format_template),
    ("keyed_by", keyed_by),
    ("regex", regular_expression),
    ("dockerfile", dockerfile),
    ("parameters", parameters),
];

/// Checks that a value can be written and read again.
fn yaml_reader(bytes: &[u8]) {
    let Ok(source) = Source::decode("fuzz.yml", bytes.to_vec()) else { return };
    let Some(value) = value_of(source) else { return };
    let written = yaml::write(&value);
    let again = value_of(Source::new("again.yml", written.as_str()));
    // NaN is not equal to itself, so texts are compared.
    assert_eq!(format!("{again:?}"), format!("{:?}", Some(value)), "{written}");
}

fn value_of(source: std::sync::Arc<Source>) -> Option<Value> {
    yaml::read(source).ok()?.value().ok()
}

fn format_template(bytes: &[u8]) {
    let names = map! {
        "a" => "x",
        "n" => -42,
        "f" => Value::Float(1.5e10),
        "b" => true,
        "l" => [1, 2].into_iter().collect::<Value>(),
        "m" => map! { "k" => "v" },
    };
    let template = String::from_utf8_lossy(bytes);
    let _ = format(&template, |name| names.get(name));
    let _ = format_partial(&template, |name| names.get(name));
}

fn keyed_by(bytes: &[u8]) {
    let Some(value) = value_of(Source::new("fuzz.yml", String::from_utf8_lossy(bytes))) else { return };
    let _ = evaluate(&value, "the value", |name| match name {
        "platform" => Some("linux64/opt".into()),
        "level" => Some("3".into()),
        "number" => Some(3.into()),
        _ => None,
    });
}

/// The first line is the pattern, the rest the text.
fn regular_expression(bytes: &[u8]) {
    let input = String::from_utf8_lossy(bytes);
    let (pattern, text) = input.split_once('\n').unwrap_or((&input, "abc"));
    let Ok(regex) = Regex::new(pattern) else { return };
    let _ = regex.matches_start(text);
    let _ = regex.search(text);
    if let Ok(Some(captures)) = regex.captures(text) {
        assert!((0..10).all(|group| captures.get(group).is_none_or(|part| text.contains(part))));
    }
}

fn dockerfile(bytes: &[u8]) {
    let args = taskgraph_compat::map! { "VERSION" => "12", "A" => "$B", "B" => "x", "N" => 1 };
    let _ = expand("fuzz", &String::from_utf8_lossy(bytes), &args);
}

fn parameters(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for is_json in [false, true] {
        let Ok(given) = LoadedValues::read(Source::new("fuzz", text.as_ref()), is_json) else { continue };
        let params = Params::new(given.values, vec![given.layer]);
        for problem in check(&params, &[], Default::default()) {
            assert!(!problem.to_string().is_empty());
        }
    }
}
