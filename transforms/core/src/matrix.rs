//! `taskgraph.transforms.matrix`: splits one task into one for each combination of values.
//!
//! ```yaml
//! matrix:
//!     os: [linux, mac]
//!     python: ["3.11", "3.12"]
//!     exclude: [{os: mac, python: "3.11"}]
//!     set-name: "{matrix[os]}-py{matrix[python]}"   # else the values are appended to the name
//!     substitution-fields: [description]            # else all fields
//! ```

use crate::section;
use anyhow::{Result, bail};
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::schema::{STRINGS, Schema, optional};
use taskgraph::transform::substitute::{Missing, fill_fields};
use taskgraph::transform::{MOST_TASKS, Transform, TransformInfo, fan_out};
use taskgraph_compat::value::{Map, Str, Value};

const MATRIX: Schema = Schema::Open(
    &[
        optional("exclude", Schema::List(&Schema::MapOf(&Schema::Str))),
        optional("set-name", Schema::Str).or_null(),
        optional("substitution-fields", STRINGS),
    ],
    &STRINGS,
);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.matrix",
    "Splits a task into one for each combination of values.",
)
.sections(&[("matrix", &MATRIX)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    fan_out(|ctx, mut description, out| {
        let name: Str = match description.get("name") {
            Some(Value::Str(name)) => name.clone(),
            Some(other) => return Err(wrong("name", other, "a string")),
            None => return Err(missing("name", "a string")),
        };
        section::drop_nulls_of(ctx, &MATRIX, &mut description, "matrix");
        let Some(mut matrix) = description.take_section("matrix", &MATRIX)? else {
            out.push(description);
            return Ok(());
        };
        let set_name = matrix.take("set-name").filter(Value::truthy);
        let exclude = matrix.take("exclude").unwrap_or_default();
        let mut fields: Vec<Str> = match matrix.take("substitution-fields") {
            Some(fields) => {
                fields.as_list().unwrap_or_default().iter().filter_map(Value::as_str).map(Str::from).collect()
            }
            None => description.keys().cloned().collect(),
        };
        if set_name.is_some() && !fields.iter().any(|field| &**field == "name") {
            fields.push("name".into());
        }
        // Python: values that came with copied attributes are kept, and rules hold for them as well.
        let before = match description.get("attributes").and_then(|attributes| attributes.get("matrix")) {
            None => None,
            Some(Value::Map(row)) => Some((**row).clone()),
            Some(other) => return Err(wrong("attributes.matrix", other, "a map")),
        };
        if matrix.is_empty() && before.is_none() {
            return Err(wrong("matrix", &Value::from(matrix), "at least one list of values"));
        }
        let start = (&*name, before.unwrap_or_default());
        for (name, row) in rows(start, &matrix, exclude.as_list().unwrap_or_default())? {
            let mut new = description.clone();
            new.put("name", set_name.clone().unwrap_or_else(|| name.into()));
            new.map_at("attributes")?.put("matrix", row.clone());
            let names = taskgraph_compat::map! { "matrix" => row };
            fill_fields(&mut new, fields.iter().map(|field| &**field), &names, Missing::Fails)?;
            out.push(new);
        }
        Ok(())
    })
}

/// Every combination that no rule excludes, with the name that its values make.
fn rows((name, row): (&str, Map), matrix: &Map, exclude: &[Value]) -> Result<Vec<(String, Map)>> {
    let is_excluded = |row: &Map| {
        exclude
            .iter()
            .filter_map(Value::as_map)
            .any(|rule| rule.iter().all(|(key, value)| row.get(key) == Some(value)))
    };
    let mut rows = vec![(name.to_owned(), row)];
    for (key, values) in matrix {
        let values = values.as_list().unwrap_or_default();
        if rows.len().saturating_mul(values.len()) > MOST_TASKS {
            bail!("`matrix` has more than {MOST_TASKS} combinations");
        }
        let mut longer = Vec::with_capacity(rows.len() * values.len());
        for (name, row) in &rows {
            for value in values.iter().filter_map(Value::as_str) {
                let mut row = row.clone();
                row.put(key, value);
                if !is_excluded(&row) {
                    longer.push((format!("{name}-{value}"), row));
                }
            }
        }
        rows = longer;
    }
    Ok(rows)
}
