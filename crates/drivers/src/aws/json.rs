//! A JSON value that keeps the order of its members, and the text the aws CLI prints for it.
//!
//! Why not `serde_json::Value`: the CLI prints members in the order of the model, and dumps
//! are to be byte-equal to the CLI's, so that a diff between the two shows changes in the
//! estate and nothing else. (`serde_json` could keep order by a feature, which would then
//! be on for every crate of the workspace.)
//!
//! Source: awscli/formatter.py, `JSONFormatter`: `json.dump(indent=4, ensure_ascii=False)`.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::{PrettyFormatter, Serializer as JsonSerializer};

/// What an answer is turned into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Json> {
        let Self::Object(members) = self else {
            return None;
        };
        let at = members.iter().position(|(key, _)| key == name)?;
        Some(members.remove(at).1)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a member that is a list; none where it is absent.
    pub(crate) fn items(&self, name: &str) -> &[Json] {
        match self.get(name) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }

    /// As the aws CLI prints it: indented by four, with a newline at the end.
    pub(crate) fn print(&self) -> serde_json::Result<Vec<u8>> {
        let mut out = Vec::new();
        let style = PrettyFormatter::with_indent(b"    ");
        self.serialize(&mut JsonSerializer::with_formatter(&mut out, style))?;
        out.push(b'\n');
        Ok(out)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_python_does() {
        let value = Json::Object(vec![
            ("Vpcs".into(), Json::List(vec![])),
            (
                "Tags".into(),
                Json::List(vec![Json::Object(vec![(
                    "Key".into(),
                    Json::Text("é\u{1}\"".into()),
                )])]),
            ),
            ("Clock".into(), Json::Float(3.1)),
            ("Whole".into(), Json::Float(2.0)),
            ("IsDefault".into(), Json::Bool(true)),
        ]);
        let text = String::from_utf8(value.print().unwrap()).unwrap();
        let want = "{\n    \"Vpcs\": [],\n    \"Tags\": [\n        {\n            \"Key\": \"é\\u0001\\\"\"\n        }\n    ],\n    \
                    \"Clock\": 3.1,\n    \"Whole\": 2.0,\n    \"IsDefault\": true\n}\n";
        assert_eq!(text, want);
    }

    #[test]
    fn absent_is_not_empty() {
        let value = Json::Object(vec![("A".into(), Json::List(vec![]))]);
        assert_eq!(value.get("A"), Some(&Json::List(vec![])));
        assert_eq!(value.get("B"), None);
        assert!(value.items("B").is_empty());
    }
}
