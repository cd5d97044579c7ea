//! Forms with brackets, as Stripe's SDKs send them: `items[0][price]=…`, `expand[]=…`, `metadata[colour]=…`.
//!
//! Indices may be sparse and only order the elements; an empty bracket adds one.

use crate::http::error::ApiError;

/// Far more than any call takes; a form with more is a mistake or an attack.
const MAX_PAIRS: usize = 1_000;
const MAX_DEPTH: usize = 10;

/// What a form holds, before anyone has said which types it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A single value.
    Text(String),
    /// Named parts, in order of appearance. Elements of lists are named by their index.
    Branch(Vec<(String, Node)>),
}

impl Node {
    /// An empty form.
    pub(crate) fn empty() -> Self {
        Self::Branch(Vec::new())
    }

    /// Adds the pairs of an encoded form. What is named twice keeps its last value.
    pub(crate) fn add_encoded(&mut self, encoded: &[u8]) -> Result<(), ApiError> {
        for (index, (name, value)) in url::form_urlencoded::parse(encoded).enumerate() {
            if index == MAX_PAIRS {
                return Err(ApiError::request(format!("A request can have at most {MAX_PAIRS} parameters.")));
            }
            self.add(&split(&name), value.into_owned());
        }
        Ok(())
    }

    /// The named parts; none in a single value.
    pub(crate) fn parts(&self) -> &[(String, Node)] {
        match self {
            Self::Text(_) => &[],
            Self::Branch(parts) => parts,
        }
    }

    /// The elements of a list, ordered by index; nothing when a name is not an index.
    pub(crate) fn elements(&self) -> Option<Vec<&Node>> {
        let mut elements = Vec::with_capacity(self.parts().len());
        for (name, node) in self.parts() {
            elements.push((name.parse::<u64>().ok()?, node));
        }
        elements.sort_by_key(|(index, _)| *index);
        Some(elements.into_iter().map(|(_, node)| node).collect())
    }

    fn add(&mut self, path: &[String], value: String) {
        let Some((name, rest)) = path.split_first() else {
            *self = Self::Text(value);
            return;
        };
        if let Self::Text(_) = self {
            *self = Self::empty();
        }
        let Self::Branch(parts) = self else { return };
        let name = if name.is_empty() { element_name(parts, rest) } else { name.clone() };
        if let Some((_, node)) = parts.iter_mut().find(|(known, _)| *known == name) {
            node.add(rest, value);
        } else {
            let mut node = Self::empty();
            node.add(rest, value);
            parts.push((name, node));
        }
    }
}

/// Which element an empty bracket means: the last one while it lacks the next name, else a new one.
fn element_name(parts: &[(String, Node)], rest: &[String]) -> String {
    if let (Some((name, Node::Branch(fields))), Some(next)) = (parts.last(), rest.first())
        && !fields.iter().any(|(field, _)| field == next)
    {
        return name.clone();
    }
    let next = parts.iter().filter_map(|(name, _)| name.parse::<u64>().ok()).max().map_or(0, |last| last + 1);
    next.to_string()
}

/// Splits `a[b][]` into `a`, `b` and an empty name. Without matching brackets, or with too many, the name is taken as it
/// stands, which no call knows.
fn split(name: &str) -> Vec<String> {
    let Some((first, rest)) = name.split_once('[') else { return vec![name.to_owned()] };
    let Some(rest) = rest.strip_suffix(']') else { return vec![name.to_owned()] };
    let mut path = vec![first.to_owned()];
    path.extend(rest.split("][").map(str::to_owned));
    if path.len() > MAX_DEPTH { vec![name.to_owned()] } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(encoded: &str) -> Node {
        let mut node = Node::empty();
        node.add_encoded(encoded.as_bytes()).unwrap();
        node
    }

    fn text(value: &str) -> Node {
        Node::Text(value.to_owned())
    }

    #[test]
    fn sparse_indices_only_order_the_elements() {
        let form = parse("items[7][price]=b&items[2][price]=a");
        let items = &form.parts()[0].1;
        let prices: Vec<_> = items.elements().unwrap().iter().map(|item| item.parts()[0].1.clone()).collect();
        assert_eq!(prices, [text("a"), text("b")]);
    }

    #[test]
    fn empty_brackets_fill_one_element_before_they_start_another() {
        let form = parse("i[][price]=a&i[][quantity]=1&i[][price]=b");
        assert_eq!(form.parts()[0].1.elements().unwrap().len(), 2);
        assert_eq!(parse("e[]=x&e[]=y").parts()[0].1.elements().unwrap(), [&text("x"), &text("y")]);
    }

    #[test]
    fn forms_without_measure_are_refused_or_stay_flat() {
        let many = "a=b&".repeat(MAX_PAIRS + 1);
        assert!(Node::empty().add_encoded(many.as_bytes()).is_err());
        let deep = format!("a{}=b", "[a]".repeat(100_000));
        assert_eq!(parse(&deep).parts()[0].1, text("b"));
    }

    #[test]
    fn a_name_may_hold_escaped_brackets_and_spaces() {
        let form = parse("metadata%5Bfavourite+colour%5D=blue");
        assert_eq!(form.parts()[0].1.parts()[0], ("favourite colour".to_owned(), text("blue")));
    }
}
