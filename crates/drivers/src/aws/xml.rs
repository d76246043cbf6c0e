//! XML as a tree of elements: name without its prefix, text before the first child, children.
//!
//! Source: what botocore/parsers.py keeps of an `ElementTree`. Attributes are dropped: no
//! answer of ours puts a value into one.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, escape::resolve_predefined_entity};

/// One element.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Why a text is not one XML document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XmlError {
    #[error("not well-formed XML")]
    Syntax(#[from] quick_xml::Error),
    #[error("the XML ends before its root element does")]
    Unfinished,
    #[error("elements nested deeper than {DEEPEST}")]
    TooDeep,
    #[error("an entity that XML does not define: &{0};")]
    Entity(String),
}

/// Deeper than any answer; an answer that nests further is an attack on the stack.
const DEEPEST: usize = 64;

impl Element {
    pub(crate) fn parse(text: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(text);
        // The first is the document, whose only child will be the root.
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event()? {
                Event::Start(_) if open.len() > DEEPEST => return Err(XmlError::TooDeep),
                Event::Start(start) => open.push(Self::named(&start)),
                Event::Empty(start) => add(&mut open, Self::named(&start)),
                Event::End(_) => close(&mut open),
                Event::Text(text) => append(&mut open, &text.xml10_content()),
                Event::CData(text) => append(&mut open, &text.xml10_content()),
                Event::GeneralRef(entity) => append(&mut open, &resolve(&entity)?),
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match (open.pop(), open.is_empty()) {
            (Some(mut document), true) if document.children.len() == 1 => {
                document.children.pop().ok_or(XmlError::Unfinished)
            }
            _ => Err(XmlError::Unfinished),
        }
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn named(start: &BytesStart<'_>) -> Self {
        Self {
            name: start.local_name().into_inner().to_owned(),
            ..Self::default()
        }
    }
}

fn close(open: &mut Vec<Element>) {
    if let Some(element) = open.pop() {
        add(open, element);
    }
}

fn add(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn append(open: &mut [Element], text: &str) {
    // ElementTree calls what follows a child its tail, and botocore never looks at it.
    if let Some(element) = open
        .last_mut()
        .filter(|element| element.children.is_empty())
    {
        element.text.push_str(text);
    }
}

fn resolve(entity: &BytesRef<'_>) -> Result<String, XmlError> {
    if let Some(character) = entity.resolve_char_ref()? {
        return Ok(character.to_string());
    }
    let name = entity.xml10_content();
    match resolve_predefined_entity(&name) {
        Some(text) => Ok(text.to_owned()),
        None => Err(XmlError::Entity(name.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_names_texts_and_children() {
        let root = Element::parse(
            "<?xml version=\"1.0\"?>\n<r xmlns:a=\"u\"><a:v>x &amp; &#x79;</a:v><e/><c><![CDATA[<raw>]]></c></r>\n",
        )
        .unwrap();
        assert_eq!(root.name, "r");
        assert_eq!(root.child("v").unwrap().text, "x & y");
        assert_eq!(root.child("e").unwrap().text, "");
        assert_eq!(root.child("c").unwrap().text, "<raw>");
        assert_eq!(root.child("none"), None);
    }

    #[test]
    fn refuses_what_is_not_a_document() {
        let deep = "<a>".repeat(100);
        for text in [
            "",
            "no tags",
            "<a><b></a>",
            "<a>",
            "<a/><b/>",
            "<a>&bomb;</a>",
            "</a>",
            &deep,
        ] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
    }
}
