//! A role told by a file instead of a command line: the same options under the same names, so that there is
//! one list of them and one place that checks them.

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use toml::{Table, Value};

use crate::arguments::{Arguments, Role};
use crate::failure::Failure;

/// The role that the file tells.
pub(crate) fn read(file: &Path) -> Result<Role, Failure> {
    let failed = |cause: String| Failure::Configuration {
        path: file.display().to_string(),
        cause,
    };
    let text = std::fs::read_to_string(file).map_err(|cause| failed(cause.to_string()))?;
    let table: Table = text
        .parse()
        .map_err(|cause: toml::de::Error| failed(cause.to_string()))?;
    let line = line(table).map_err(failed)?;
    let arguments = Arguments::try_parse_from(line);
    let role = arguments.map_err(|cause| failed(cause.to_string()))?.role;
    match role {
        Role::Client(_) | Role::Server(_) | Role::Relay(_) => Ok(role),
        _ => Err(failed("`role` is client, server or relay".to_owned())),
    }
}

fn line(mut table: Table) -> Result<Vec<OsString>, String> {
    let Some(Value::String(role)) = table.remove("role") else {
        return Err("`role` is missing: client, server or relay".to_owned());
    };
    let mut line = vec![OsString::from("sixward-teredo"), role.into()];
    for (key, value) in table {
        match value {
            Value::Boolean(false) => {}
            Value::Boolean(true) => line.push(format!("--{key}").into()),
            Value::Array(values) => {
                for value in values {
                    line.push(format!("--{key}={}", word(&key, value)?).into());
                }
            }
            value => line.push(format!("--{key}={}", word(&key, value)?).into()),
        }
    }
    Ok(line)
}

fn word(key: &str, value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        _ => Err(format!(
            "`{key}` is a text, a whole number, true, false or a list"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Vec<OsString>, String> {
        line(text.parse().unwrap())
    }

    #[test]
    fn a_file_says_what_a_command_line_says() {
        let file = "role = 'client'\nserver = 'teredo.example'\nmetric = 2000\nbeside-native = true\n\
            no-symmetric = false\nallow-private = ['10.0.0.0/8', '172.16.0.0/12']";
        let line = told(file).unwrap();
        let want = [
            "sixward-teredo",
            "client",
            "--server=teredo.example",
            "--metric=2000",
            "--beside-native",
            "--allow-private=10.0.0.0/8",
            "--allow-private=172.16.0.0/12",
        ];
        assert_eq!(line, want.map(OsString::from));
        assert!(Arguments::try_parse_from(line).is_ok());
    }

    #[test]
    fn the_examples_are_understood() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
        for name in ["client", "server", "relay"] {
            let file = folder.join(format!("{name}.toml"));
            assert!(read(&file).is_ok(), "{name}");
            // With every line that is offered.
            let text = std::fs::read_to_string(&file).unwrap();
            let lines = text.lines().map(|line| match line.strip_prefix("# ") {
                Some(offered) if offered.contains(" = ") => offered,
                _ => line,
            });
            let all: Vec<_> = lines.collect();
            let line = told(&all.join("\n")).unwrap();
            assert!(Arguments::try_parse_from(&line).is_ok(), "{line:?}");
        }
    }

    #[test]
    fn a_role_must_be_told() {
        assert!(
            told("server = 'x'")
                .unwrap_err()
                .contains("`role` is missing")
        );
        assert!(
            told("role = 'client'\nx = 1.5")
                .unwrap_err()
                .contains("`x`")
        );
        let unknown = told("role = 'client'\nserver = 'x'\nserve = 'y'").unwrap();
        assert!(Arguments::try_parse_from(unknown).is_err());
    }
}
