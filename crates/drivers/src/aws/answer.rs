//! One XML answer into JSON, by the shape table.
//!
//! Source: botocore/parsers.py, `BaseXMLResponseParser` and `EC2QueryParser`. What is
//! absent stays absent, an empty list element is `[]`, an empty leaf is `""`, members come
//! in the model's order and elements that the model does not know are left out. Unlike
//! botocore the root element must be the operation's own: a login page that answers 200
//! is not an account without VPCs.

use super::json::Json;
use super::shapes::{Entry, Service, Shape};
use super::timestamp;
use super::xml::{Element, XmlError};

/// Printed in place of what the model marks sensitive: pre-shared keys and passwords.
pub(crate) const WITHHELD: &str = "(withheld)";

/// Why an answer is not one of the operation's answers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error("the answer is a <{got}> where <{want}> was expected")]
    Root { want: String, got: String },
    #[error("the answer has no <{0}>")]
    Wrapper(String),
    #[error("{member} is {text:?}, which is not {kind}")]
    Leaf {
        member: String,
        kind: &'static str,
        text: String,
    },
    #[error("the shape table has no {0}")]
    Shape(String),
}

pub(crate) fn read(entry: Entry<'_>, xml: &str) -> Result<Json, AnswerError> {
    let root = Element::parse(xml)?;
    let want = format!("{}Response", entry.name);
    if root.name != want {
        return Err(AnswerError::Root {
            want,
            got: root.name,
        });
    }
    let start = match &entry.operation.wrapper {
        Some(name) => root
            .child(name)
            .ok_or_else(|| AnswerError::Wrapper(name.clone()))?,
        None => &root,
    };
    value(entry.service, &entry.operation.output, entry.name, start)
}

fn value(
    service: &Service,
    shape: &str,
    member: &str,
    element: &Element,
) -> Result<Json, AnswerError> {
    match service.shape(shape) {
        None => leaf(shape, member, &element.text),
        Some(Shape::List(of)) => {
            let items = element
                .children
                .iter()
                .map(|item| value(service, of, member, item));
            Ok(Json::List(items.collect::<Result<_, _>>()?))
        }
        Some(Shape::Structure(members)) => {
            let mut object = Vec::new();
            for member in members {
                if let Some(child) = element.child(&member.element) {
                    object.push((
                        member.name.clone(),
                        value(service, &member.shape, &member.name, child)?,
                    ));
                }
            }
            Ok(Json::Object(object))
        }
        Some(Shape::Map {
            key,
            value: element_name,
            of,
        }) => {
            let pairs = element
                .children
                .iter()
                .filter_map(|pair| Some((pair.child(key)?, pair.child(element_name)?)));
            let pairs =
                pairs.map(|(key, item)| Ok((key.text.clone(), value(service, of, member, item)?)));
            Ok(Json::Object(pairs.collect::<Result<_, AnswerError>>()?))
        }
    }
}

fn leaf(shape: &str, member: &str, text: &str) -> Result<Json, AnswerError> {
    let wrong = |kind| AnswerError::Leaf {
        member: member.to_owned(),
        kind,
        text: text.to_owned(),
    };
    Ok(match shape {
        "string" => Json::Text(text.to_owned()),
        "secret" => Json::Text(WITHHELD.to_owned()),
        "timestamp" => Json::Text(timestamp::iso(text)),
        "boolean" => Json::Bool(text == "true"),
        "integer" => Json::Integer(text.trim().parse().map_err(|_| wrong("a whole number"))?),
        "float" => Json::Float(text.trim().parse().map_err(|_| wrong("a number"))?),
        other => return Err(AnswerError::Shape(other.to_owned())),
    })
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
