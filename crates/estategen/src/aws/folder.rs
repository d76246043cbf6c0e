//! The files of a dump, each one list under one key, written item by item: the largest
//! would take gigabytes as a tree.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Written;

/// A folder that is being filled.
pub(super) struct Folder {
    path: PathBuf,
    written: Written,
}

impl Folder {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self {
            path: path.to_owned(),
            written: Written { files: 0, bytes: 0 },
        })
    }

    /// Writes `<name>.json`, holding `{"<key>": [items]}`.
    pub(super) fn list(
        &mut self,
        name: &str,
        key: &str,
        items: impl IntoIterator<Item = Value>,
    ) -> io::Result<()> {
        let file = File::create(self.path.join(format!("{name}.json")))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write!(out, "{{\n    \"{key}\": [")?;
        let mut separator = "";
        let mut text = Vec::new();
        for item in items {
            out.write_all(separator.as_bytes())?;
            text.clear();
            serde_json::to_writer_pretty(&mut text, &item)?;
            for line in text.split(|&byte| byte == b'\n') {
                indented(&mut out, line)?;
            }
            separator = ",";
        }
        let end = if separator.is_empty() {
            "]\n}\n"
        } else {
            "\n    ]\n}\n"
        };
        out.write_all(end.as_bytes())?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.written.files += 1;
        self.written.bytes += file.metadata()?.len();
        Ok(())
    }

    pub(super) fn written(&self) -> Written {
        self.written
    }
}

/// A line below the list: the tool indents by four, the library by two.
fn indented(out: &mut impl Write, line: &[u8]) -> io::Result<()> {
    let text = line.trim_ascii_start();
    let width = 8 + 2 * (line.len() - text.len());
    write!(out, "\n{:width$}", "")?;
    out.write_all(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_printed_as_the_tool_prints_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::create(dir.path()).unwrap();
        let items = [
            serde_json::json!({"a": [], "b": {"c": 1}}),
            serde_json::json!(2),
        ];
        folder.list("some", "Things", items).unwrap();
        folder.list("none", "Things", []).unwrap();
        let some = fs::read_to_string(dir.path().join("some.json")).unwrap();
        let lines = [
            "{",
            "    \"Things\": [",
            "        {",
            "            \"a\": [],",
            "            \"b\": {",
            "                \"c\": 1",
            "            }",
            "        },",
            "        2",
            "    ]",
            "}",
            "",
        ];
        assert_eq!(some, lines.join("\n"));
        let none = fs::read_to_string(dir.path().join("none.json")).unwrap();
        assert_eq!(none, "{\n    \"Things\": []\n}\n");
        assert_eq!(
            folder.written(),
            Written {
                files: 2,
                bytes: (some.len() + none.len()) as u64
            }
        );
    }
}
