//! Just enough of HTML to hold our own pages to it.

/// One start tag with its attributes.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    pub(crate) fn attribute_names(&self) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().map(|(name, _)| *name)
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split(' ').any(|known| known == class))
    }
}

const VOID: [&str; 7] = ["meta", "link", "input", "img", "path", "circle", "rect"];

/// The start tags of a page in order. Panics, with the place, where tags do not nest.
pub(crate) fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>").expect("a page starts with its doctype");
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>'), "a stray > in {text:?}");
        let end = start + rest[start..].find('>').expect("a tag ends");
        let inside = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {:?}", rest.get(..60).unwrap_or(rest));
            continue;
        }
        let tag = tag(inside.trim_end_matches('/'));
        if !VOID.contains(&tag.name) {
            open.push(tag.name);
        }
        found.push(tag);
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    found
}

fn tag(inside: &str) -> Tag<'_> {
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (attribute, tail) = rest.split_at(end);
        if let Some(quoted) = tail.strip_prefix("=\"") {
            let (value, tail) = quoted.split_once('"').expect("an attribute's value ends");
            assert!(tail.is_empty() || tail.starts_with(' '), "attributes run together in <{inside}>");
            attributes.push((attribute, value));
            rest = tail;
        } else {
            attributes.push((attribute, ""));
            rest = tail;
        }
    }
    Tag { name, attributes }
}
