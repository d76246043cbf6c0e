//! The crates of the workspace as cargo sees them, reduced to what the rules ask.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace;

/// One crate of ours.
#[derive(Debug)]
pub(super) struct Member {
    /// Without the `sixward-` that every package name starts with.
    pub(super) name: String,
    pub(super) manifest: String,
    pub(super) text: String,
    pub(super) needs: Vec<Need>,
}

/// One dependency of a crate.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) name: String,
    /// A crate of this workspace.
    pub(super) ours: bool,
    /// Its tests only.
    pub(super) dev: bool,
}

impl Member {
    /// The line of the manifest that names the dependency.
    pub(super) fn line_of(&self, need: &Need) -> usize {
        let prefixed = format!("sixward-{}", need.name);
        let names = |line: &str| {
            let key = line
                .trim_start()
                .split(['.', ' ', '='])
                .next()
                .unwrap_or_default();
            key == need.name || key == prefixed
        };
        self.text
            .lines()
            .position(names)
            .map_or(1, |index| index + 1)
    }
}

pub(super) fn read() -> Result<Vec<Member>, Failure> {
    let metadata = workspace::metadata()?;
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    packages.iter().map(member).collect()
}

fn member(package: &Value) -> Result<Member, Failure> {
    let path = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    let manifest = workspace::shown(path);
    let text = fs::read_to_string(path).map_err(|cause| Failure::io("read", &manifest, &cause))?;
    let needs = package["dependencies"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    Ok(Member {
        name: short(&package["name"]),
        manifest,
        text,
        needs: needs.iter().map(need).collect(),
    })
}

fn need(dependency: &Value) -> Need {
    Need {
        name: short(&dependency["name"]),
        ours: dependency["path"].is_string(),
        dev: dependency["kind"] == "dev",
    }
}

fn short(name: &Value) -> String {
    let name = name.as_str().unwrap_or_default();
    name.strip_prefix("sixward-").unwrap_or(name).to_owned()
}

#[cfg(test)]
impl Member {
    /// A crate for the tests of the rules: `(name, ours, dev)` for each dependency.
    pub(super) fn example(name: &str, text: &str, needs: &[(&str, bool, bool)]) -> Self {
        let need = |&(name, ours, dev): &(&str, bool, bool)| Need {
            name: name.to_owned(),
            ours,
            dev,
        };
        let manifest = format!("crates/{name}/Cargo.toml");
        Self {
            name: name.to_owned(),
            manifest,
            text: text.to_owned(),
            needs: needs.iter().map(need).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_found_in_the_manifest_under_either_name() {
        let text = "[dependencies]\nsixward-net.workspace = true\nserde = \"1\"\n";
        let plan = Member::example(
            "plan",
            text,
            &[("net", true, false), ("serde", false, false)],
        );
        let lines: Vec<_> = plan.needs.iter().map(|need| plan.line_of(need)).collect();
        assert_eq!(lines, [2, 3]);
    }
}
